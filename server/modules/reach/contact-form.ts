import type { ContactTable } from './tables.ts';

export type ContactKind = ContactTable['kind'];

const FORMS: Record<Exclude<ContactKind, 'email'>, RegExp> = {
  phone: /^1[3-9]\d{9}$/,
  qq: /^[1-9]\d{4,10}$/,
  wechat: /^[a-zA-Z][\w-]{5,19}$/,
};

/**
 * The one spelling of a contact, or null when it isn't one: a mainland mobile number without country code, a QQ
 * number, a WeChat id.
 */
export function contactForm(kind: Exclude<ContactKind, 'email'>, text: string): string | null {
  const plain =
    kind === 'phone' ? text.replace(/[\s-]/g, '').replace(/^(\+|00)?86(?=1\d{10}$)/, '') : text.trim();
  return FORMS[kind].test(plain) ? plain : null;
}

/** What of it may be shown: the ends. */
export function contactShown(kind: ContactKind, value: string): string {
  if (kind === 'phone') return `${value.slice(0, 3)}****${value.slice(-4)}`;
  if (kind !== 'email') return `${value.slice(0, 2)}****${value.slice(-2)}`;
  const [name = '', domain = ''] = value.split('@');
  return `${name.slice(0, 1)}***@${domain}`;
}
