/** Notices of real names, guardians, domains. */
export const VERIFICATION_TEMPLATES = {
  'real-name-asked': {
    subject: { zh: '请在 {until} 前重新实名认证', en: 'Have your real name verified again before {until}' },
    body: {
      zh: '请在控制台重新完成实名认证，原因：{reason}（条款 {clause}）。{until} 前未完成的，原认证失效，需要实名的服务将不能新购。',
      en: 'Have your real name verified again in the console: {reason} (clause {clause}). If that is not done before {until}, the earlier check counts no more, and what needs a verified name is shut to you.',
    },
  },
  'real-name-revoked': {
    subject: { zh: '实名认证已失效', en: 'Your account is no longer verified' },
    body: {
      zh: '您的实名认证自即日起失效，原因：{reason}（条款 {clause}）。重新认证通过后，需要实名的服务即可使用；如有异议，请联系客服。',
      en: 'Your real-name verification counts no more: {reason} (clause {clause}). What needs a verified name opens again once you are verified anew; write to support if you object.',
    },
  },
  'review-decided': {
    subject: { zh: '实名认证人工审核：{outcome}', en: 'Your documents were looked at: {outcome}' },
    body: {
      zh: '您提交的实名认证资料已由两名工作人员审核：{outcome}。{reason}\n资料已删除，我们只保存结果。',
      en: 'Two of our staff looked at the documents that you handed in: {outcome}. {reason}\nThe documents are erased; only the result is kept.',
    },
  },
  'guardian-code': {
    subject: { zh: '{brand}监护人确认码：{code}', en: '{brand} guardian’s code: {code}' },
    body: {
      zh: '一名未成年人申请您作为监护人同意其使用{brand}。如您同意，请将验证码 {code} 告诉对方，{minutes} 分钟内有效。',
      en: 'Somebody under age asks for your consent, as guardian, to use {brand}. If you agree, tell them the code {code}; it works for {minutes} minutes.',
    },
  },
  'guardian-consent-signed': {
    subject: { zh: '监护人同意书 {number} 已签署', en: 'The guardian’s consent {number} is signed' },
    body: {
      zh: '监护人同意书 {number} 已由我们以数字证书签署，可在控制台“实名认证”中下载和验证。监护人可随时联系我们撤回。',
      en: 'The guardian’s consent {number} carries our digital signature. Download it on the page “Real name”, where it can be verified too. A guardian may take it back at any time by writing to us.',
    },
  },
  'guardian-consent-ended': {
    subject: { zh: '监护人同意书 {number} 已失效', en: 'The guardian’s consent {number} has ended' },
    body: {
      zh: '监护人同意书 {number} 已失效，原因：{reason}（条款 {clause}）。未满 18 周岁须重新取得监护人同意后才能购买。',
      en: 'The guardian’s consent {number} holds no more: {reason} (clause {clause}). Whoever is under 18 needs another one before buying.',
    },
  },
  'domain-missing': {
    subject: { zh: '{domain} 的验证记录不见了', en: 'The proof of {domain} is gone' },
    body: {
      zh: '复查 {domain} 时没有找到验证记录。请在 {until} 前恢复；否则不再视为您的域名，属于它的备案也不再有效。',
      en: 'When we looked at {domain} again its proof was not there. Put it back before {until}; after that the domain no longer counts as yours, and neither do its filings.',
    },
  },
  'domain-lost': {
    subject: { zh: '{domain} 不再视为您的域名', en: '{domain} no longer counts as yours' },
    body: {
      zh: '{domain}：{reason}。属于它的备案和许可同时撤下；重新验证后可再次登记。',
      en: '{domain}: {reason}. Its filings and permits are taken off the register with it; show that the domain is yours again to enter them anew.',
    },
  },
};
