import type { LocalizedText } from '#kernel/text.ts';
import type { FilingKind, GateAct } from './rules.ts';

export const ACT_NAMES: Record<GateAct, LocalizedText> = {
  buy: { zh: '购买新服务', en: 'buying new services' },
  mainland: { zh: '使用中国大陆地区', en: 'using regions in mainland China' },
  renew: { zh: '续费', en: 'renewing' },
  website: { zh: '开放网站', en: 'opening a website to the public' },
  withdraw: { zh: '提现', en: 'withdrawing money' },
  push: { zh: '过户服务', en: 'pushing a service to another account' },
  'top-up': { zh: '充值', en: 'topping up' },
  'tax-invoice': { zh: '申请发票', en: 'applying for tax invoices' },
  contract: { zh: '申请合同', en: 'applying for contracts' },
  everything: { zh: '账户的全部操作', en: 'everything with the account' },
};

export const FILING_NAMES: Record<FilingKind, LocalizedText> = {
  'icp-filing': { zh: 'ICP 备案', en: 'ICP filing' },
  'icp-licence': { zh: 'ICP 经营许可', en: 'ICP licence' },
  bbs: { zh: '论坛（BBS）备案', en: 'forum (BBS) permit' },
  'online-games': { zh: '网络游戏许可', en: 'online games permit' },
  news: { zh: '互联网新闻信息服务许可', en: 'news permit' },
  publishing: { zh: '网络出版服务许可', en: 'publishing permit' },
  education: { zh: '教育网站许可', en: 'education permit' },
  health: { zh: '医疗保健信息服务许可', en: 'health permit' },
  'medicine-and-devices': { zh: '药品和医疗器械信息服务许可', en: 'medicine and devices permit' },
};

export const CONTACT_NAMES: Record<string, LocalizedText> = {
  email: { zh: '邮箱', en: 'e-mail address' },
  phone: { zh: '手机号', en: 'phone number' },
  qq: { zh: 'QQ 号', en: 'QQ number' },
  wechat: { zh: '微信号', en: 'WeChat id' },
};
