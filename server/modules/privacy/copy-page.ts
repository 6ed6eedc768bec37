import type { Ctx } from '#kernel/ctx.ts';
import { type Locale, pick } from '#kernel/text.ts';
import { wallClock } from '#kernel/time.ts';
import { BASES, CATEGORIES, LAWS, PERSONAL_TABLES, type PersonalTable } from '#server/personal-data.ts';
import { CATEGORY_NAMES, columnName, PURPOSE_NAMES } from '#server/personal-data-names.ts';
import { valueText } from '#server/personal-data-values.ts';
import type { Shown } from './data-read.ts';

const TEXTS = {
  title: { zh: '个人信息副本', en: 'A copy of your personal data' },
  made: { zh: '生成于', en: 'Made on' },
  more: { zh: '记录过多，此处未全部列出。', en: 'There are more rows than are listed here.' },
  purposes: { zh: '用途', en: 'For' },
  basis: { zh: '依据', en: 'On the basis of' },
  kept: { zh: '注销后保留', en: 'Kept after the account' },
  months: { zh: '个月', en: 'months' },
};

/** For a person to read, in one file that loads nothing. */
export function copyHtml(ctx: Ctx, locale: Locale, shown: Shown[]): string {
  const t = (key: keyof typeof TEXTS) => escaped(TEXTS[key][locale]);
  const when = (text: string) => wallClock(new Date(text), ctx.brand.zone);
  const parts = CATEGORIES.flatMap((category) => {
    const tables = shown.filter((each) => registered(each.table).category === category);
    if (tables.length === 0) return [];
    const inner = tables.map((each) => tableHtml(each, registered(each.table), locale, t, when));
    return [`<h2>${escaped(pick(CATEGORY_NAMES[category], locale))}</h2>`, ...inner];
  });
  return `<!doctype html>
<html lang="${locale === 'zh' ? 'zh-CN' : 'en'}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${t('title')} · ${escaped(ctx.brand.name[locale])}</title>
<style>body{font:15px/1.6 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;width:100%;font-size:13px}th,td{border:1px solid #ccc;padding:4px 6px;text-align:left;
vertical-align:top;overflow-wrap:anywhere}small{color:#555}</style></head>
<body><h1>${t('title')}</h1><p>${escaped(ctx.brand.name[locale])} · ${t('made')} ${escaped(when(ctx.now.toISOString()))} (${escaped(ctx.brand.zone)})</p>
${parts.join('\n')}
</body></html>
`;
}

function registered(name: string): PersonalTable {
  return PERSONAL_TABLES.find(({ table }) => table === name)!;
}

function tableHtml(
  { rows, more }: Shown,
  table: PersonalTable,
  locale: Locale,
  t: (key: keyof typeof TEXTS) => string,
  when: (text: string) => string,
): string {
  // What a notice is about stands in its subject; its kind is a code.
  const said = table.columns.includes('subject') && table.columns.includes('body');
  const columns = table.columns.filter((column) => !said || column !== 'kind');
  const head = columns.map((column) => `<th>${escaped(pick(columnName(column), locale))}</th>`).join('');
  const body = rows
    .map(
      (row) =>
        `<tr>${columns.map((column) => `<td>${escaped(valueText(column, row[column]!, { locale, when }))}</td>`).join('')}</tr>`,
    )
    .join('\n');
  const purposes = table.purposes.map((purpose) => pick(PURPOSE_NAMES[purpose], locale)).join(', ');
  const kept = table.keep
    ? `; ${t('kept')}: ${escaped(pick(LAWS[table.keep.law], locale))} (${table.keep.months} ${t('months')})`
    : '';
  return `<h3>${escaped(pick(table.name, locale))}</h3>
<p><small>${t('purposes')}: ${escaped(purposes)}; ${t('basis')}: ${escaped(pick(BASES[table.basis], locale))}${kept}</small></p>
<table><tr>${head}</tr>
${body}
</table>${more ? `<p>${t('more')}</p>` : ''}`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`);
}
