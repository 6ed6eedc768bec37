import { fill, type Locale, type LocalizedText } from '#kernel/text.ts';
import type { NoticeKind } from './templates.ts';

/**
 * What goes by SMS: short, and word for word what the operator registers with the sender, places and all. A kind
 * without a text of its own goes as `notice`, by its subject.
 */
export const SMS_TEXTS = {
  notice: {
    zh: '{subject}。详情请登录控制台查看站内信。',
    en: '{subject}. See the inbox of your console.',
  },
  'phone-code': {
    zh: '验证码{code}，{minutes}分钟内有效。如非本人操作请忽略。',
    en: 'Your code is {code}, valid for {minutes} minutes. If you did not ask for it, ignore this.',
  },
  'guardian-code': {
    zh: '一名未成年人申请您作为监护人同意其使用本站。同意请告知验证码{code}，{minutes}分钟内有效；不同意请忽略。',
    en: 'Somebody under age asks for your consent as guardian. If you agree, tell them {code}, valid for {minutes} minutes; if not, ignore this.',
  },
  'service-reminder': {
    zh: '您的服务{hostname}将于{expires}到期，到期即停机，{grace}天内未续费将永久删除。请及时续费。',
    en: 'Your service {hostname} expires at {expires}. It is suspended then, and deleted for good {grace} days later unless renewed.',
  },
  'service-reminder-kept': {
    zh: '您的服务{hostname}将于{expires}到期，到期未续费即停机。请及时续费。',
    en: 'Your service {hostname} expires at {expires} and is suspended then unless renewed.',
  },
  'service-reminder-ends': {
    zh: '您的服务{hostname}将于{expires}到期，到期即停机，{grace}天内未续费将终止。请及时续费。',
    en: 'Your service {hostname} expires at {expires}. It is suspended then, and ends {grace} days later unless renewed.',
  },
  'service-suspended': {
    zh: '您的服务{hostname}已到期停机，{deletes}前未续费将永久删除，不再通知。',
    en: 'Your service {hostname} has expired and is suspended. Renew before {deletes}; after that it is deleted without further notice.',
  },
  'funds-frozen': {
    zh: '您账户中的{amount}元已被冻结，可在{until}前登录控制台资金页面申诉。',
    en: 'CNY {amount} of your balance is frozen. You may appeal before {until} on the page Funds of the console.',
  },
  'contact-invalid': {
    zh: '您登记的{contact}已失效，请登录控制台更正。',
    en: 'Your {contact} on record reaches nobody. Sign in to the console and correct it.',
  },
} as const satisfies Partial<Record<NoticeKind | 'notice', LocalizedText>>;

export type SmsText = keyof typeof SMS_TEXTS;

/** Longest that a sender takes for one place. */
const VAR_LIMIT = 35;

export interface ShortText {
  template: SmsText;
  vars: Record<string, string>;
  /** As it arrives, without the signature. */
  text: string;
}

/** A notice in short. What is too long for its place is cut, and says so by its last character. */
export function shortText(
  kind: NoticeKind,
  locale: Locale,
  values: Record<string, string | number>,
): ShortText {
  const template: SmsText = kind in SMS_TEXTS ? (kind as SmsText) : 'notice';
  const text = SMS_TEXTS[template][locale];
  const names = [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!);
  const vars = Object.fromEntries(names.map((name) => [name, short(String(values[name] ?? '—'))]));
  return { template, vars, text: fill(text, vars) };
}

function short(value: string): string {
  const line = value.replace(/\s+/g, ' ').trim() || '—';
  return line.length <= VAR_LIMIT ? line : `${line.slice(0, VAR_LIMIT - 1)}…`;
}
