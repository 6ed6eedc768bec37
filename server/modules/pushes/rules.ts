import { problems } from '#kernel/problem.ts';
import type { LocalizedText } from '#kernel/text.ts';

/** Of one customer in 24 hours: each may be a notice to somebody who doesn't want it. */
export const PUSHES_PER_DAY = 20;
/** Told by the giver, so that an offer which went to a wrong address is of no use there. */
export const CODE_DIGITS = 8;

export const problem = problems({
  'push-not-now': {
    status: 409,
    title: { zh: '这项服务现在不能过户：{why}', en: 'This service can’t be pushed now: {why}' },
    remedy: { zh: '处理完毕后再过户。', en: 'Push it when that is settled.' },
  },
  'push-open': {
    status: 409,
    title: { zh: '这项服务已在过户中', en: 'This service is offered already' },
    remedy: { zh: '请先撤回原来的过户。', en: 'Withdraw that offer first.' },
  },
  'push-to-self': {
    status: 422,
    title: { zh: '不能过户给自己', en: 'It is yours already' },
    remedy: { zh: '请填写对方的邮箱或手机号。', en: 'Name somebody else.' },
  },
  'push-address': {
    status: 422,
    title: { zh: '请填写对方的邮箱或中国大陆手机号', en: 'Name a mailbox or a mainland mobile number' },
    remedy: { zh: '邮箱和手机号填写其一。', en: 'One of the two, as the other signs in.' },
  },
  'pushes-spent': {
    status: 429,
    title: { zh: '今天发起的过户太多', en: 'Too many offers today' },
    remedy: { zh: '一天最多 20 次，请明天再试。', en: 'At most 20 a day; try again tomorrow.' },
  },
  'push-gone': {
    status: 409,
    title: { zh: '这项过户已失效', en: 'This offer stands no longer' },
    remedy: { zh: '它可能已被撤回、处理或过期。', en: 'It was withdrawn, answered or has run out.' },
  },
  'push-waits': {
    status: 409,
    title: { zh: '这项服务暂时不能过户', en: 'This service can’t pass to you at the moment' },
    remedy: {
      zh: '请联系对方处理；在有效期内可以再试。',
      en: 'Ask who offers it to you; try again while the offer stands.',
    },
  },
  'push-code': {
    status: 422,
    title: { zh: '过户码不正确', en: 'That is not the code of this offer' },
    remedy: { zh: '请向对方索取 8 位过户码。', en: 'Ask who offers it to you for its eight digits.' },
  },
  'push-changed': {
    status: 409,
    title: { zh: '这项服务在您查看之后有变化', en: 'The service has changed since you looked' },
    remedy: { zh: '请重新查看后再决定。', en: 'Look at it again, then decide.' },
  },
  'push-case': {
    status: 409,
    title: { zh: '您的账户有未结的案件或索赔', en: 'A case or a claim of your account is open' },
    remedy: { zh: '了结后即可接受。', en: 'You can accept once it is decided.' },
  },
});

/** Why a service stays where it is, as its customer is told. */
export const WHY = {
  state: { zh: '它没有在正常运行期内', en: 'it isn’t active' },
  making: { zh: '机器还没有交付', en: 'its machine isn’t handed over yet' },
  held: { zh: '它已被停用或限制', en: 'it is held or limited' },
  ending: { zh: '它的终止已公告或待您答复', en: 'its end is announced, or proposed to you' },
  outage: { zh: '一次中断还没有结清', en: 'an outage isn’t settled' },
  move: { zh: '它的迁移已公告', en: 'its move is announced' },
  contract: { zh: '它有单独约定的服务合同', en: 'a contract of your own says something of it' },
  case: { zh: '您的账户有未结的案件', en: 'a case about your account is open' },
  claim: { zh: '您的索赔还没有结果', en: 'a claim of yours isn’t decided' },
} as const satisfies Record<string, LocalizedText>;
export type Why = keyof typeof WHY;

/** The eight digits of an offer, from its keyed fingerprint (64 hex digits). */
export function codeOf(fingerprint: string): string {
  const number = BigInt(`0x${fingerprint.slice(0, 24)}`) % 10n ** BigInt(CODE_DIGITS);
  return String(number).padStart(CODE_DIGITS, '0');
}

/** What of a mailbox may be shown to who named it. */
export function emailShown(email: string): string {
  const at = email.lastIndexOf('@');
  return `${email.slice(0, 1)}***${email.slice(at)}`;
}
