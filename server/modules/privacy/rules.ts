import { problems } from '#kernel/problem.ts';

/**
 * Natural days in which every request is answered. Fifteen working days are what is promised; counted as three weeks,
 * which is never later than fifteen working days, whatever holidays fall into them.
 */
export const ANSWER_DAYS = 21;
/** Natural days in which a deletion can be taken back. */
export const COOLING_DAYS = 7;
/** Natural days for which a copy can be had. */
export const COPY_DAYS = 7;
/** Copies that somebody can ask for in a day. */
export const COPIES_A_DAY = 3;

/** What rests on consent, and what isn't done without it. */
export const CONSENTS = ['marketing', 'analysis'] as const;
export type Consent = (typeof CONSENTS)[number];

/** What can stand in the way of ending an account; each is told with what to do about it. */
export const OBSTACLES = {
  services: {
    zh: '还有 {n} 个服务未结束。请先在“服务”中结束它们，或等它们到期。',
    en: '{n} services have not ended. End them under “Services” first, or wait until they expire.',
  },
  kept_data: {
    zh: '{n} 个已结束服务的数据仍在保留期内，最晚 {until} 删除。如不需要，请在服务页立即删除。',
    en: 'Data of {n} ended services is still kept, until {until} at the latest. Delete it now on the service’s page if you don’t need it.',
  },
  balance: {
    zh: '余额还有 {amount} 元。请先提现或用完。',
    en: 'There are {amount} CNY left in the balance. Withdraw or use them first.',
  },
  frozen: {
    zh: '有 {amount} 元被冻结。请等待处理结果，或在“账单”中申诉。',
    en: '{amount} CNY are frozen. Wait for the decision, or appeal under “Billing”.',
  },
  owed: {
    zh: '还有 {amount} 元未付。请先结清。',
    en: '{amount} CNY are owed. Pay them first.',
  },
  payments: {
    zh: '有 {n} 笔充值尚未到账。请完成或取消支付，到账或过期后再试。',
    en: '{n} payments are under way. Finish them, or wait until they lapse.',
  },
  withdrawals: {
    zh: '有 {n} 笔提现正在处理。到账后再试。',
    en: '{n} withdrawals are under way. Try again once the money has arrived.',
  },
  cases: {
    zh: '有 {n} 个案件尚未处理完。请先在“案件”中答复或等待结果。',
    en: '{n} cases are open. Answer them under “Cases”, or wait for the outcome.',
  },
  claims: {
    zh: '有 {n} 项赔偿申请尚未决定。请等待结果。',
    en: '{n} claims are undecided. Wait for the outcome.',
  },
  members: {
    zh: '您不是这个客户账户的所有者：删除只涉及您本人，账户由所有者管理。',
    en: 'You don’t own this account: what is deleted is you alone, the account stays with its owner.',
  },
  gifts: {
    zh: '赠送金 {amount} 元将失效，不予退还。',
    en: 'Gifts of {amount} CNY will lapse and aren’t paid out.',
  },
} as const;
export type ObstacleKind = keyof typeof OBSTACLES;
/** Said beforehand, and in nobody's way. */
export const HARMLESS: readonly ObstacleKind[] = ['members', 'gifts'];

export const problem = problems({
  'account-not-free': {
    status: 409,
    title: { zh: '账户暂时不能删除', en: 'The account can’t be deleted yet' },
    remedy: { zh: '“隐私”页列出了还需处理的事项。', en: 'The page “Privacy” lists what stands in the way.' },
  },
  'deletion-asked': {
    status: 409,
    title: { zh: '删除申请已提交', en: 'The deletion is already asked for' },
    remedy: {
      zh: '在冷静期内可以在“隐私”页撤回。',
      en: 'It can be taken back on the page “Privacy” until it is done.',
    },
  },
  'request-ended': {
    status: 409,
    title: { zh: '这项请求已经结束', en: 'This request has ended' },
    remedy: { zh: '如仍有需要，请重新提出。', en: 'Make a new one if it is still needed.' },
  },
  'copies-spent': {
    status: 429,
    title: { zh: '今天已导出多次', en: 'Several copies were made today already' },
    remedy: { zh: '已生成的副本仍可下载。', en: 'Those that were made can still be downloaded.' },
  },
  'copy-gone': {
    status: 410,
    title: { zh: '这份副本已过期', en: 'This copy’s time is over' },
    remedy: { zh: '请重新申请一份。', en: 'Ask for a new one.' },
  },
  'law-keeps': {
    status: 409,
    title: { zh: '依法须保留', en: 'A law keeps it' },
    remedy: {
      zh: '保留理由：{law}。期满后自动清除。',
      en: 'Why: {law}. It goes by itself once its time is over.',
    },
  },
  'data-limited': {
    status: 409,
    title: { zh: '您已限制对个人信息的处理', en: 'You limited the use of your data' },
    remedy: { zh: '请先解除限制。', en: 'Lift the limit first.' },
  },
});
