/** Deeper than any body of ours, and far from what a parser's stack bears. */
export const MAX_DEPTH = 32;

export class JsonError extends Error {}

/**
 * Reads JSON (RFC 8259) of which every reader makes the same: refuses a member that stands twice (§4 leaves open which
 * one holds), members that reach into prototypes, and nesting beyond MAX_DEPTH. Linear in the length of the text.
 *
 * @throws JsonError
 */
export function parseStrictJson(text: string): unknown {
  checkDepth(text);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new JsonError('not JSON', { cause });
  }
  checkMembers(text);
  return value;
}

/** Before parsing: a bracket within a string may count, so that this says too deep too early, never too late. */
function checkDepth(text: string): void {
  let depth = 0;
  forEachMark(text, (mark) => {
    if (mark === '{' || mark === '[') depth++;
    else if (mark === '}' || mark === ']') depth--;
    if (depth > MAX_DEPTH) throw new JsonError(`deeper than ${MAX_DEPTH}`);
  });
}

/** Of text that is known to be JSON: a string in front of a colon is a member's name. */
function checkMembers(text: string): void {
  const open: (Set<string> | null)[] = [];
  let last = '';
  forEachMark(text, (mark, string) => {
    if (mark === '"') last = string;
    else if (mark === '{') open.push(new Set());
    else if (mark === '[') open.push(null);
    else if (mark === '}' || mark === ']') open.pop();
    else if (mark === ':') addMember(open.at(-1)!, last.includes('\\') ? JSON.parse(`"${last}"`) : last);
  });
}

function addMember(members: Set<string>, name: string): void {
  if (name === '__proto__' || name === 'constructor' || name === 'prototype')
    throw new JsonError('a member that is no data');
  if (members.has(name)) throw new JsonError('a member that stands twice');
  members.add(name);
}

/** The marks of structure, and each string as it is written between its quotes. */
function forEachMark(text: string, tell: (mark: string, string: string) => void): void {
  for (let at = 0; at < text.length; at++) {
    const mark = text[at]!;
    if (mark === '"') {
      const end = endOfString(text, at + 1);
      tell(mark, text.slice(at + 1, end));
      at = end;
    } else if ('{}[]:'.includes(mark)) tell(mark, '');
  }
}

/** The first quote that isn't escaped: with an even number of backslashes in front of it. */
function endOfString(text: string, from: number): number {
  for (let at = text.indexOf('"', from); at !== -1; at = text.indexOf('"', at + 1)) {
    let backslashes = 0;
    while (at - backslashes > from && text[at - backslashes - 1] === '\\') backslashes++;
    if (backslashes % 2 === 0) return at;
  }
  return text.length;
}
