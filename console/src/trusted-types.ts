/** Trusted Types (W3C), as far as they are used here; TypeScript's DOM doesn't know them yet. */
interface Rules {
  createHTML?: (markup: string) => string | null;
  createScriptURL?: (address: string) => string | null;
}

type Policy<R extends Rules> = { [Maker in keyof R]: (text: string) => string };

interface Factory {
  createPolicy<R extends Rules>(name: string, rules: R): Policy<R>;
}

const factory = (window as { trustedTypes?: Factory }).trustedTypes;

/**
 * What a library may hand to the browser as markup: nothing at all, by which charts and their tips are emptied. Every
 * other string is refused by the content policy (server/http/policy.ts), which lets no second policy of a name be made.
 */
export function refuseMarkup(): void {
  factory?.createPolicy('default', { createHTML: (markup) => (markup === '' ? '' : null) });
}

/** Makes the address of this one script good for a worker; a browser without Trusted Types takes it as it is. */
export function workerAddress(name: string, address: string): string {
  const only = new URL(address, location.href).href;
  const createScriptURL = (asked: string) => (asked === only ? only : null);
  return factory?.createPolicy(name, { createScriptURL }).createScriptURL(only) ?? only;
}
