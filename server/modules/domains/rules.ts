import { problems } from '#kernel/problem.ts';

/** How often a proof that was there is looked for again, in days; and one that is missing. */
export const CHECK_DAYS = 7;
export const CHECK_AGAIN_DAYS = 1;
/** For so many natural days a proof may be missing before the domain is lost. */
export const MISSING_DAYS = 3;
export const CLAIMS_MOST = 100;

export const problem = problems({
  'domain-form': {
    status: 422,
    title: { zh: '请输入域名', en: 'This is no domain' },
    remedy: {
      zh: '如 example.com 或 例子.中国；IP 地址和公共后缀（如 com.cn）不可以。',
      en: 'Such as example.com; no address, and no public suffix such as com.cn.',
    },
  },
  'domain-claimed': {
    status: 409,
    title: { zh: '这个域名已在列表中', en: 'This domain is on your list already' },
    remedy: { zh: '请完成它的验证。', en: 'Show that it is yours.' },
  },
  'domains-many': {
    status: 409,
    title: { zh: '域名太多', en: 'Too many domains' },
    remedy: { zh: '请先移除不用的。', en: 'Remove what you don’t use.' },
  },
  'proof-missing': {
    status: 422,
    title: { zh: '没有找到验证记录', en: 'The proof is not there' },
    remedy: {
      zh: '请按页面上的内容逐字设置；DNS 记录可能要几分钟才生效。',
      en: 'Set it just as the page says; a DNS record may take some minutes to be seen.',
    },
  },
  'proof-unavailable': {
    status: 503,
    title: { zh: '暂时无法查询该域名', en: 'This domain can’t be asked right now' },
    remedy: {
      zh: '请检查域名的 DNS 服务器或网站是否正常，稍后再试。',
      en: 'Look whether its name servers or site answer, and try again later.',
    },
  },
  'domain-held': {
    status: 409,
    title: { zh: '这个域名属于另一账户', en: 'This domain belongs to another account' },
    remedy: {
      zh: '它的验证记录还在。如域名已归您，请先删除原有的验证记录。',
      en: 'Its proof still stands. If the domain is yours now, remove that one first.',
    },
  },
  'domain-not-proven': {
    status: 409,
    title: { zh: '{domain} 还没有验证', en: '{domain} isn’t shown to be yours' },
    remedy: { zh: '请先在“域名”中添加并验证它。', en: 'Add it under “Domains” and show that it is yours.' },
  },
});
