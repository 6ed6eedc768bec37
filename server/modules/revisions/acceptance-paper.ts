import type { Brand } from '#kernel/brands.ts';
import type { Field, Paper, PaperBlock } from '#kernel/paper.ts';
import type { Locale, LocalizedText } from '#kernel/text.ts';
import { wallClock } from '#kernel/time.ts';
import { type AcceptanceRow, evidenceText, type Method } from '#modules/terms/index.ts';
import type { Disagreement } from './disagreement.ts';

const METHODS: Record<Method, LocalizedText> = {
  click: { zh: '网页点击确认', en: 'Confirmed by click' },
  register: { zh: '注册时确认', en: 'Confirmed while registering' },
  purchase: { zh: '购买时确认', en: 'Confirmed with a purchase' },
  use: { zh: '继续使用', en: 'By using on' },
  'signed-paper': { zh: '书面签署', en: 'Signed on paper' },
  'other-agreed': { zh: '双方认可的其他方式', en: 'As agreed otherwise' },
};

const STATES: Record<Disagreement['state'], LocalizedText> = {
  open: { zh: '有效', en: 'stands' },
  withdrawn: { zh: '已撤回', en: 'taken back' },
  done: { zh: '服务已终止', en: 'services have ended' },
};

const NAME: LocalizedText = { zh: '条款接受记录', en: 'Record of acceptances' };

/** The whole history of a customer's acceptances, as evidence for both sides. The same history gives the same paper. */
export function acceptancePaper(
  brand: Brand,
  customer: { id: string; email: string | null; shown: string },
  history: { acceptances: AcceptanceRow[]; disagreements: Disagreement[] },
  locale: Locale,
): Paper {
  const t = (zh: string, en: string) => (locale === 'zh' ? zh : en);
  const who = brand.legal?.name[locale] ?? brand.name[locale];
  const { acceptances, disagreements } = history;
  const last = Math.max(0, ...[...acceptances, ...disagreements].map(({ at }) => at.getTime()));
  const number = customer.id.slice(0, 8);
  return {
    title: `${NAME[locale]} ${number}`,
    language: locale === 'zh' ? 'zh-CN' : 'en',
    colour: brand.theme.primary,
    date: new Date(last),
    letterhead: {
      brand: brand.name[locale],
      tagline: brand.tagline[locale],
      name: NAME[locale],
      number,
    },
    footer: `${who} · ${NAME[locale]} ${number}`,
    blocks: [
      {
        kind: 'parties',
        left: { title: t('服务提供方', 'Provider'), fields: [[t('名称', 'Name'), who]] },
        right: {
          title: t('客户', 'Customer'),
          fields: [
            [t('客户编号', 'Customer'), customer.id],
            [customer.email === null ? t('手机', 'Phone') : t('邮箱', 'E-mail'), customer.shown],
          ],
        },
      },
      {
        kind: 'text',
        text: t(
          '以下是客户对服务条款各版本的接受记录，最新的在前。SHA-256 是所接受文本的散列值，任何一方都可以据此核对文本。',
          'What the customer accepted of the terms, version by version, the newest first. The SHA-256 is that of the text; by it either side can prove which text it was.',
        ),
      },
      ...acceptances.flatMap((row) => acceptanceBlocks(row, brand, locale)),
      ...(disagreements.length === 0
        ? []
        : [{ kind: 'heading' as const, text: t('不同意修订的记录', 'Disagreements with revisions') }]),
      ...disagreements.map(
        (row): PaperBlock => ({
          kind: 'fields',
          fields: [
            [t('版本', 'Version'), row.version],
            [t('时间', 'At'), moment(row.at, brand)],
            [t('依据条款', 'Clause'), `${row.clause_id} (${row.clause_version})`],
            [t('服务终止时间', 'Services end'), moment(row.end_at, brand)],
            [t('状态', 'State'), STATES[row.state][locale]],
          ],
        }),
      ),
    ],
  };
}

function acceptanceBlocks(row: AcceptanceRow, brand: Brand, locale: Locale): PaperBlock[] {
  const t = (zh: string, en: string) => (locale === 'zh' ? zh : en);
  const highlights = row.document.highlights.filter(({ id }) => row.highlights.includes(id));
  const evidence = evidenceText(row);
  const fields: Field[] = [
    [t('时间', 'At'), moment(row.at, brand)],
    [t('方式', 'How'), METHODS[row.method][locale]],
    ['IP', row.ip ?? '—'],
    ['SHA-256', row.sha256],
    [t('记录编号', 'Record'), row.id],
  ];
  if (evidence) fields.splice(2, 0, [t('依据', 'Evidence'), evidence]);
  return [
    { kind: 'heading', text: `${row.document.title[locale]} ${row.version}` },
    { kind: 'fields', fields },
    ...highlights.map(
      (limit): PaperBlock => ({
        kind: 'clause',
        number: `§ ${limit.clause}`,
        title: t(`已逐项确认：${limit.title.zh}`, `Confirmed for itself: ${limit.title.en}`),
        text: limit.text[locale],
      }),
    ),
  ];
}

function moment(instant: Date, brand: Brand): string {
  return `${wallClock(instant, brand.zone)} (${brand.zone})`;
}
