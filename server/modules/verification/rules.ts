import { type Micro, parseYuan } from '#kernel/money.ts';
import { problems } from '#kernel/problem.ts';
import type { Parameters } from '#modules/terms/index.ts';

/** After this long an attempt whose answer never came is given up: it neither counts nor costs. */
export const ASKED_MINUTES = 10;
/** For brands that say nothing of it: each check costs money and asks an authority about a person. */
const ATTEMPTS_PER_DAY = 5;
/** How often documents may be handed in, in this many days. */
export const REVIEWS_MOST = 3;
export const REVIEW_DAYS = 30;
/** Names and phones of a consent whose code doesn't come back are forgotten with the code. */
export const CONSENT_MINUTES = 15;

export type Kind = 'person' | 'company';
export type CheckKind = Kind | 'guardian';

export const problem = problems({
  'real-name-done': {
    status: 409,
    title: { zh: '已通过实名认证', en: 'Your real name is verified already' },
    remedy: {
      zh: '无需重复认证；姓名变更请选择“重新认证”。',
      en: 'Nothing more to do. If your name has changed, choose to have it verified again.',
    },
  },
  'real-name-form': {
    status: 400,
    title: { zh: '证件号码格式不正确', en: 'This is not a valid number' },
    remedy: {
      zh: '请输入 18 位居民身份证号码；企业请输入 18 位统一社会信用代码。',
      en: 'Enter the 18 characters of a resident identity card, or of a company’s unified social credit code.',
    },
  },
  'real-name-attempts': {
    status: 429,
    title: { zh: '今天的实名认证次数已用完', en: 'No more verification attempts today' },
    remedy: {
      zh: '请明天再试，或提交资料由人工审核。',
      en: 'Try again tomorrow, or hand in documents for a check by hand.',
    },
  },
  'real-name-busy': {
    status: 409,
    title: { zh: '上一次认证还没有结果', en: 'The last attempt has no answer yet' },
    remedy: { zh: '请稍候再试。', en: 'Wait a moment and try again.' },
  },
  'real-name-fee': {
    status: 402,
    title: { zh: '本次认证收费 {fee} 元', en: 'This attempt costs CNY {fee}' },
    remedy: {
      zh: '免费次数已用完；同意后从余额扣除，核验机构无法访问时退回。',
      en: 'The free ones are used up. Agree, and it is taken from your balance; it comes back if the authority can’t be reached.',
    },
  },
  'real-name-unavailable': {
    status: 503,
    title: { zh: '核验机构暂时无法访问', en: 'The verification authority can’t be reached' },
    remedy: { zh: '请稍后再试，这次不计次数。', en: 'Try again later; this attempt is not counted.' },
  },
  'identity-used': {
    status: 409,
    title: {
      zh: '该证件已用于本站其他账户的实名认证',
      en: 'This identity has been used for as many accounts as it may',
    },
    remedy: {
      zh: '一个身份最多认证 {most} 个账户。如有误，请联系客服。',
      en: 'One identity may have {most}. If that is wrong, write to support.',
    },
  },
  'identity-another': {
    status: 409,
    title: {
      zh: '与本账户已认证的身份不是同一主体',
      en: 'This is somebody else than the account is verified for',
    },
    remedy: {
      zh: '账户不得转让；重新认证只能用原来的证件号码。',
      en: 'An account is not passed on; verify again with the number that it was verified with.',
    },
  },
  'not-verified': {
    status: 409,
    title: { zh: '该账户没有通过实名认证', en: 'This account is not verified' },
    remedy: { zh: '请刷新查看当前状态。', en: 'Reload and look at its state.' },
  },
  'real-name-not-agreed': {
    status: 409,
    title: {
      zh: '该客户的条款没有实名认证的约定',
      en: 'The terms of this customer say nothing of real names',
    },
    remedy: { zh: '请改用条款允许的措施。', en: 'Use a measure that they allow.' },
  },
  'demand-open': {
    status: 409,
    title: { zh: '已要求该客户重新认证', en: 'This customer is asked already' },
    remedy: { zh: '请等待期限届满或先撤回。', en: 'Wait for the day that was set, or take it back first.' },
  },
  'review-open': {
    status: 409,
    title: { zh: '已有资料在等待审核', en: 'Documents of yours wait to be looked at' },
    remedy: { zh: '请等待结果，或先撤回。', en: 'Wait for the answer, or take them back first.' },
  },
  'review-often': {
    status: 429,
    title: { zh: '提交次数过多', en: 'Handed in too often' },
    remedy: { zh: '30 天内最多提交 3 次。', en: 'Documents may be handed in three times in 30 days.' },
  },
  'review-over': {
    status: 409,
    title: { zh: '这份资料已经处理', en: 'This is decided already' },
    remedy: { zh: '请刷新。', en: 'Reload.' },
  },
  'review-own': {
    status: 403,
    title: { zh: '需要另一位同事复核', en: 'Another member of the staff has to look too' },
    remedy: { zh: '两个人意见一致才生效。', en: 'It counts when two agree.' },
  },
  'review-age': {
    status: 422,
    title: { zh: '请说明是否未满 18 周岁', en: 'Say whether the person is under 18' },
    remedy: { zh: '号码中看不出年龄，请以证件为准。', en: 'The number doesn’t tell; the document does.' },
  },
  'document-form': {
    status: 400,
    title: { zh: '只接受 PNG、JPEG 或 PDF', en: 'PNG, JPEG or PDF alone' },
    remedy: { zh: '每个文件不超过 2 MB，最多 3 个。', en: 'At most three files of 2 MB each.' },
  },
  'consent-not-needed': {
    status: 409,
    title: { zh: '不需要监护人同意', en: 'No guardian’s consent is needed' },
    remedy: { zh: '申请人已满 18 周岁。', en: 'This person is of age.' },
  },
  'consent-guardian': {
    status: 422,
    title: { zh: '监护人须为另一位成年人', en: 'A guardian is another person, and of age' },
    remedy: { zh: '请填写监护人本人的姓名和身份证号。', en: 'Give the name and number of the guardian.' },
  },
  'consent-phone': {
    status: 422,
    title: { zh: '这是账户自己的手机号', en: 'This phone is the account’s own' },
    remedy: {
      zh: '验证码要由监护人本人收到，请填写监护人的手机号。',
      en: 'The code is for the guardian: give a phone that is theirs.',
    },
  },
  'consent-there': {
    status: 409,
    title: { zh: '监护人同意已登记或正在确认', en: 'A consent is on record, or waits for its code' },
    remedy: { zh: '请刷新查看。', en: 'Reload and look at it.' },
  },
  'consent-code-wrong': {
    status: 422,
    title: { zh: '验证码不对或已过期', en: 'The code is wrong or has expired' },
    remedy: {
      zh: '请监护人查看最新收到的短信，或重新发起。',
      en: 'Ask your guardian for the newest code, or begin again.',
    },
  },
  'consent-over': {
    status: 409,
    title: { zh: '这份同意书已失效', en: 'This consent is no longer in force' },
    remedy: { zh: '请刷新查看。', en: 'Reload and look at it.' },
  },
});

/** A brand's own word on checks, for what its terms leave open; the terms go before it. */
export interface HouseRule {
  accounts?: { most: number; beyond: 'refuse' | 'review' } | undefined;
  attempts_per_day?: number | undefined;
}

export interface CheckRule {
  accounts: { most: number; beyond: 'refuse' | 'review' };
  perDay: number;
  /** Null: attempts cost nothing. Only terms can set a fee. */
  free: number | null;
  fee: Micro;
}

export function checkRule(agreed: Parameters['real_name'], house: HouseRule | undefined): CheckRule {
  const { attempts, accounts } = agreed ?? {};
  return {
    accounts: accounts ?? house?.accounts ?? { most: 1, beyond: 'review' },
    perDay: attempts?.per_day ?? house?.attempts_per_day ?? ATTEMPTS_PER_DAY,
    free: attempts?.fee === undefined ? null : attempts.free,
    fee: attempts?.fee === undefined ? 0n : parseYuan(attempts.fee),
  };
}

/** What the next attempt costs after so many that counted. */
export function feeOf({ free, fee }: CheckRule, counted: number): Micro {
  return free === null || counted < free ? 0n : fee;
}
