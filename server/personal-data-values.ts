import { formatYuan } from '#kernel/money.ts';
import type { Locale, LocalizedText } from '#kernel/text.ts';
import { acts as english } from '../console/src/i18n/en/acts.ts';
import { record as recordEnglish } from '../console/src/i18n/en/record.ts';
import { acts as chinese } from '../console/src/i18n/zh/acts.ts';
import { record as recordChinese } from '../console/src/i18n/zh/record.ts';

/** What people read in place of codes, in a copy of their data; acts, their facts and subjects as the console names them. */

type Value = string | number | boolean | null | Value[] | { [key: string]: Value };
type Words = Readonly<Record<string, string>>;

const CONSOLE: Record<Locale, { acts: Words; facts: Words; values: Words; subjects: Words }> = {
  zh: {
    acts: chinese.acts,
    facts: chinese.factNames,
    values: chinese.factValues,
    subjects: recordChinese.record.subjects,
  },
  en: {
    acts: english.acts,
    facts: english.factNames,
    values: english.factValues,
    subjects: recordEnglish.record.subjects,
  },
};

/** Columns whose values are codes of ours, with those that mean something else here than elsewhere. */
export const CODED: Readonly<Record<string, Readonly<Record<string, LocalizedText>>>> = {
  state: {},
  channel: { site: { zh: '网站公告', en: 'on the site' } },
  kind: { email: { zh: '邮箱', en: 'e-mail' }, phone: { zh: '手机', en: 'phone' } },
  method: { phone: { zh: '电话', en: 'by phone' } },
  measure: {},
  cause: { documents: { zh: '提交了证件', en: 'documents handed in' } },
  relation: { parent: { zh: '父亲或母亲', en: 'parent' }, guardian: { zh: '其他监护人', en: 'guardian' } },
  outcome: {},
  purpose: {},
  what: {},
  provider: {},
  role: {},
  result: {},
  locale: {},
  type: {},
  topic: {
    services: { zh: '服务开通、恢复与自动续费', en: 'services ready, restored, renewed' },
    payments: { zh: '充值、退款与提现到账', en: 'payments, refunds, withdrawals' },
    usage: { zh: '用量与预算提醒', en: 'usage and budgets' },
    papers: { zh: '账单、发票与合同', en: 'invoices and contracts' },
  },
};

const COMMON: Record<string, [zh: string, en: string]> = {
  accepted: ['已接受', 'accepted'],
  alipay: ['支付宝', 'Alipay'],
  answer: ['答复', 'answer'],
  asked: ['待验证', 'asked'],
  ban: ['封禁', 'ban'],
  bounced: ['被退回', 'bounced'],
  cancelled: ['已取消', 'cancelled'],
  closed: ['已结束', 'closed'],
  copy: ['副本', 'copy'],
  correct: ['更正', 'correction'],
  declined: ['已拒绝', 'declined'],
  delete: ['删除', 'deletion'],
  delivered: ['已送达', 'delivered'],
  DELIVERED: ['运营商确认送达', 'confirmed by the carrier'],
  done: ['已完成', 'done'],
  en: ['英文', 'English'],
  end: ['终止', 'end'],
  failed: ['未通过', 'failed'],
  freeze: ['冻结', 'freeze'],
  'freeze-money': ['冻结资金', 'freeze of money'],
  github: ['GitHub', 'GitHub'],
  gone: ['已清除', 'gone'],
  guardian: ['监护人', 'guardian'],
  held: ['待核实', 'held'],
  'identity-used': ['证件已用于其他账户', 'identity used elsewhere'],
  'in-site': ['站内信', 'inbox'],
  issued: ['已开具', 'issued'],
  issuing: ['开具中', 'being issued'],
  lapsed: ['已失效', 'lapsed'],
  lost: ['已失去', 'lost'],
  making: ['生成中', 'being made'],
  marketing: ['优惠与新品信息', 'offers'],
  measurement: ['测量', 'measurement'],
  analysis: ['统计分析', 'analysis'],
  'no-answer': ['无人接听', 'no answer'],
  'no-contact': ['没有登记的联系方式', 'no such contact on record'],
  'no-mailbox': ['没有登记邮箱', 'no mailbox on record'],
  note: ['备注', 'note'],
  offers: ['优惠与新品', 'offers'],
  oidc: ['企业账号', 'company account'],
  open: ['处理中', 'open'],
  ordinary: ['普通发票', 'ordinary'],
  other: ['其他', 'other'],
  'other-agreed': ['其他约定方式', 'another agreed way'],
  package: ['资源包', 'package'],
  paid: ['已支付', 'paid'],
  paper: ['纸质文件', 'paper'],
  passed: ['通过', 'passed'],
  pending: ['处理中', 'pending'],
  proof: ['再次验证', 'proof again'],
  proven: ['已验证', 'proven'],
  purchase: ['购买', 'purchase'],
  qq: ['QQ', 'QQ'],
  queued: ['待发送', 'queued'],
  reached: ['已联系到本人', 'reached'],
  'read-only': ['只读', 'read only'],
  admin: ['管理员', 'administrator'],
  ready: ['已生成', 'ready'],
  recovery: ['找回', 'recovery'],
  register: ['注册', 'sign-up'],
  report: ['举报', 'report'],
  requested: ['已申请', 'requested'],
  restrict: ['限制', 'restriction'],
  retry: ['稍后重试', 'tried again later'],
  returned: ['已退回', 'returned'],
  reversed: ['已红冲', 'reversed'],
  reversing: ['红冲中', 'being reversed'],
  sealed: ['已盖章', 'sealed'],
  'second-factor': ['第二步验证', 'second factor'],
  sent: ['已发出', 'sent'],
  service: ['服务', 'service'],
  'sign-in': ['登录', 'sign-in'],
  'signed-paper': ['签署的纸质文件', 'signed paper'],
  sms: ['短信', 'SMS'],
  special: ['专用发票', 'special'],
  stopped: ['未能执行', 'stopped'],
  submitted: ['已提交', 'submitted'],
  suspend: ['停机', 'suspension'],
  throttle: ['限速', 'throttling'],
  'unbind-address': ['解绑地址', 'address unbound'],
  undelivered: ['未送达', 'not delivered'],
  use: ['继续使用', 'use'],
  wechat: ['微信', 'WeChat'],
  wechatpay: ['微信支付', 'WeChat Pay'],
  wipe: ['清除数据', 'wiping'],
  'wrong-contact': ['不是本人的联系方式', 'somebody else’s contact'],
  zh: ['中文', 'Chinese'],
};

/** Null: nobody named it; the test of the register says which. */
export function codeName(column: string, code: string, locale: Locale): string | null {
  const common = COMMON[code];
  return (
    CODED[column]?.[code]?.[locale] ??
    common?.[locale === 'zh' ? 0 : 1] ??
    CONSOLE[locale].values[code] ??
    null
  );
}

/**
 * A value of a column as a person reads it. Money is kept in millionths of a yuan, instants in ISO 8601 (`when` writes
 * them); facts become "name: value" with a semicolon between.
 */
export function valueText(
  column: string,
  value: Value,
  { locale, when }: { locale: Locale; when: (instant: string) => string },
): string {
  const by = { locale, when };
  if (value === null) return '';
  if (typeof value === 'boolean') return locale === 'zh' ? (value ? '是' : '否') : value ? 'yes' : 'no';
  if (Array.isArray(value))
    return value.map((each) => valueText(column, each, by)).join(locale === 'zh' ? '、' : ', ');
  if (typeof value === 'object') return factsText(value, by);
  const text = String(value);
  if (column.endsWith('_micro')) return formatYuan(BigInt(text));
  if (/^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(text)) return when(text);
  const { acts, subjects } = CONSOLE[locale];
  if (column === 'action' || column === 'act') return acts[text.replaceAll(/[.-]/g, '_')] ?? text;
  if (column === 'subject_kind') return subjects[text] ?? text;
  return (CODED[column] || column === '' ? codeName(column, text, locale) : null) ?? text;
}

function factsText(
  facts: { [key: string]: Value },
  by: { locale: Locale; when: (instant: string) => string },
): string {
  const { facts: names } = CONSOLE[by.locale];
  const [colon, between] = by.locale === 'zh' ? ['：', '；'] : [': ', '; '];
  return Object.entries(facts)
    .filter(([, value]) => value !== null)
    .map(
      ([name, value]) =>
        `${names[name] ?? name}${colon}${valueText(CODED[name] || name === 'highlights' ? name : '', value, by)}`,
    )
    .join(between);
}
