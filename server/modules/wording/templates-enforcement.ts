import type { Template } from './template.ts';

const placed = (zh: string, en: string): Template => ({
  subject: { zh, en },
  body: {
    zh: `${zh}（条款 {clause}）。\n原因：{reason}\n您可以在控制台的“合规”页面查看案件、说明情况。`,
    en: `${en} (clause {clause}).\nWhy: {reason}\nThe case, and where to answer it, is in the console under “Compliance”.`,
  },
});

const question = (zh: string, en: string): Template => ({
  subject: { zh: '请在 {until} 前答复', en: 'Please answer before {until}' },
  body: {
    zh: `{question}\n\n请在 {until} 前于控制台的“合规”页面答复；逾期未答复的，${zh}（条款 {clause}）。`,
    en: `{question}\n\nPlease answer in the console under “Compliance” before {until}. Without an answer ${en} (clause {clause}).`,
  },
});

/** Cases, what was done about them, and how it ended. */
export const ENFORCEMENT_TEMPLATES = {
  'measure-throttle': placed('主机处理器已限速', 'Your machine’s processors are throttled'),
  'measure-suspend': placed('服务已暂停', 'Your service is suspended'),
  'measure-unbind-address': placed('公网地址已解绑', 'The public address is unbound'),
  'measure-end': placed(
    '服务已因违规终止，不退款',
    'Your service is ended for a breach; nothing is refunded',
  ),
  'measure-wipe': placed(
    '服务已因违规终止，数据已清除',
    'Your service is ended for a breach and its data erased',
  ),
  'measure-reversed': {
    subject: { zh: '限制措施已解除', en: 'A measure is lifted' },
    body: {
      zh: '此前依据条款 {clause} 采取的措施已解除。\n说明：{reason}',
      en: 'What was done by clause {clause} is lifted.\nWhy: {reason}',
    },
  },
  'case-breach': {
    subject: { zh: '认定违规：{summary}', en: 'Found to be a breach: {summary}' },
    body: {
      zh: '经核查，认定存在违规（条款 {clause}）：{summary}\n{decision}\n如有异议，可在控制台的“合规”页面申诉。',
      en: 'It was found to be a breach (clause {clause}): {summary}\n{decision}\nIf you disagree, appeal in the console under “Compliance”.',
    },
  },
  'case-cleared': {
    subject: { zh: '案件已了结：不构成违规', en: 'Closed: no breach' },
    body: {
      zh: '经核查，不构成违规（条款 {clause}）：{summary}\n{decision}\n期间采取的措施已全部解除。',
      en: 'It was found to be no breach (clause {clause}): {summary}\n{decision}\nWhat was done meanwhile is lifted.',
    },
  },
  'case-question-ban': question(
    '会员资格将被取消，服务终止',
    'your membership is cancelled and your services end',
  ),
  'case-question-end': question('服务将被终止', 'the service is ended'),
  'case-question-suspend': question('相关服务将被暂停', 'the service concerned is suspended'),
  'case-appeal-granted': {
    subject: { zh: '申诉成立', en: 'Your appeal is granted' },
    body: {
      zh: '申诉成立，此前依据条款 {clause} 采取的措施已全部解除。\n{decision}',
      en: 'Your appeal is granted; what was done by clause {clause} is lifted.\n{decision}',
    },
  },
  'case-appeal-refused': {
    subject: { zh: '申诉未获支持', en: 'Your appeal is refused' },
    body: {
      zh: '申诉未获支持，原决定（条款 {clause}）维持。\n{decision}',
      en: 'Your appeal is refused; the decision (clause {clause}) stands.\n{decision}',
    },
  },
} satisfies Record<string, Template>;
