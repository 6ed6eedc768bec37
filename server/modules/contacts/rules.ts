import type { LocalizedText } from '#kernel/text.ts';
import { addDays } from '#kernel/time.ts';

type Kind = 'email' | 'phone' | 'qq' | 'wechat';

export const KIND_NAMES: Record<Kind, LocalizedText> = {
  email: { zh: '邮箱', en: 'e-mail address' },
  phone: { zh: '手机号', en: 'phone number' },
  qq: { zh: 'QQ 号', en: 'QQ number' },
  wechat: { zh: '微信号', en: 'WeChat id' },
};

export interface ContactTerms {
  stay_valid?: readonly string[] | undefined;
  correct_days?: number | undefined;
}

/** Until when a contact has to be corrected: the same time of day so many natural days on; null where no terms ask. */
export function correctBy(terms: ContactTerms, kind: Kind, foundAt: Date, zone: string): Date | null {
  if (terms.correct_days === undefined || !terms.stay_valid?.includes(kind)) return null;
  return addDays(foundAt, terms.correct_days, zone);
}

/** Told by all that is left: what reaches nobody is spared, and mail and SMS stand in for each other. */
export function otherWays<W extends { email: boolean; sms: boolean; otherwise: Kind[] }>(
  ways: W,
  dead: Kind,
): W {
  return {
    ...ways,
    email: dead !== 'email',
    sms: dead !== 'phone' && (ways.sms || dead === 'email'),
    otherwise: ways.otherwise.filter((kind) => kind !== dead),
  };
}
