import type { Brand } from '#kernel/brands.ts';
import type { Paper } from '#kernel/paper.ts';
import { wallClock } from '#kernel/time.ts';
import type { Relation } from './tables.ts';

const RELATIONS: Record<Relation, string> = { parent: '父母', guardian: '其他监护人' };

/** A guardian's consent as it is filed, in Chinese, which binds: both names, and never a number of identity. */
export function consentPaper(
  brand: Brand,
  consent: {
    number: string;
    relation: Relation;
    method: string;
    /** Its ends. */
    phone: string;
    confirmedAt: Date;
    names: { minor: string; guardian: string };
    terms: { title: string; version: string; sha256: string };
  },
): Paper {
  const { number, names, terms, confirmedAt } = consent;
  const at = wallClock(confirmedAt, brand.zone);
  const who = brand.legal?.name.zh ?? brand.name.zh;
  return {
    title: `监护人同意书 ${number}`,
    language: 'zh-CN',
    colour: brand.theme.primary,
    date: confirmedAt,
    letterhead: { brand: brand.name.zh, tagline: brand.tagline.zh, name: '监护人同意书', number },
    signature: { name: who, reason: `监护人同意书 ${number}` },
    blocks: [
      {
        kind: 'parties',
        left: { title: '未成年人', fields: [['姓名', names.minor]] },
        right: {
          title: '监护人',
          fields: [
            ['姓名', names.guardian],
            ['关系', RELATIONS[consent.relation]],
            ['手机', consent.phone],
          ],
        },
      },
      {
        kind: 'text',
        text: `监护人${names.guardian}知悉并同意未成年人${names.minor}在${brand.name.zh}注册账户、接受服务条款并购买服务，并对其使用服务的行为承担监护责任。`,
      },
      {
        kind: 'fields',
        fields: [
          ['服务条款', `《${terms.title}》${terms.version} 版`],
          ['条款内容 SHA-256', terms.sha256],
          ['身份核验', `双方姓名和身份证号均经权威机构核验一致（${consent.method}）；号码不予保存`],
          ['确认方式', `监护人手机收到的验证码，${at} 确认`],
          ['受理方', who],
        ],
      },
      {
        kind: 'text',
        small: true,
        text: '本同意书由受理方以数字证书签署（PAdES 签名），任何改动都会使签名失效，可在受理方网站验证。监护人可随时通知受理方撤回同意。',
      },
    ],
    footer: `${who} · ${number}`,
  };
}
