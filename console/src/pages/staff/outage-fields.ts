import { useQuery } from '@tanstack/react-query';
import { type OutageSaid, type StaffOutage, staffOutagesQuery } from '../../api/outages.ts';
import { ApiProblem } from '../../api/problem.ts';
import { nodeNamesQuery } from '../../api/staff.ts';
import { useTexts } from '../../i18n/texts.ts';
import type { AskField } from '../../ui/ask.tsx';
import { useTimeFormat } from '../../ui/time.tsx';
import { wallInstant } from '../../ui/wall-instant.ts';

/** What the book asks for; with what it says now where it is written on. */
export function useOutageFields(now?: StaffOutage['entry']): AskField[] {
  const { t } = useTexts();
  const { instant } = useTimeFormat();
  const nodes = useQuery(nodeNamesQuery).data?.items ?? [];
  const causes = useQuery(staffOutagesQuery).data?.causes ?? ['provider'];
  const clock = (at: string | null | undefined) => (at ? isoWall(instant(at), at) : '');
  return [
    { name: 'zh', label: t('outages.titleZh'), initial: now?.title.zh ?? '' },
    { name: 'en', label: t('outages.titleEn'), initial: now?.title.en ?? '' },
    {
      name: 'cause',
      label: t('outages.cause'),
      kind: 'choice',
      initial: now?.cause ?? 'provider',
      choices: causes.map((value) => ({ value, label: t(`outages.causes.${value}`) })),
    },
    { name: 'from', label: t('outages.from'), hint: t('outages.timeHint'), initial: clock(now?.from) },
    {
      name: 'until',
      label: t('outages.until'),
      hint: t('outages.untilHint'),
      optional: true,
      initial: clock(now?.until),
    },
    {
      name: 'node',
      label: t('outages.node'),
      kind: 'choice',
      optional: true,
      initial: now?.nodes[0] ?? '',
      choices: [
        { value: '', label: t('outages.noNode') },
        ...nodes.map(({ id, name }) => ({ value: id, label: name })),
      ],
    },
    {
      name: 'services',
      label: t('outages.services'),
      kind: 'area',
      optional: true,
      initial: now?.services.join('\n') ?? '',
    },
    {
      name: 'products',
      label: t('outages.products'),
      optional: true,
      initial: now?.products.join(' ') ?? '',
    },
    { name: 'note', label: t('outages.note'), kind: 'area', optional: true },
  ];
}

/** "2026-03-02 09:30" whatever language the page is in. */
function isoWall(shown: string, at: string): string {
  if (/^\d{4}-\d\d-\d\d \d\d:\d\d$/.test(shown)) return shown;
  const match = /^(\d+) (\w+) (\d{4}), (\d\d:\d\d)$/.exec(shown);
  if (!match) return at;
  const [, day = '', month = '', year = '', clock = ''] = match;
  const number = new Date(`${month} 1, 2000 UTC`).getUTCMonth() + 1;
  return `${year}-${String(number).padStart(2, '0')}-${day.padStart(2, '0')} ${clock}`;
}

/** What was typed, as the book takes it. Throws a problem at its field for a time that isn't one. */
export function saidOf(values: Record<string, string>, zone: string, bad: string): OutageSaid {
  const { zh = '', en = '', cause, from = '', until, node, services = '', products = '', note = '' } = values;
  const words = (text: string) => text.split(/\s+/).filter(Boolean);
  return {
    title: { zh, en },
    cause: cause as OutageSaid['cause'],
    from: wall(from, zone, bad, 'from'),
    until: until ? wall(until, zone, bad, 'until') : null,
    nodes: node ? [node] : [],
    services: words(services),
    products: words(products),
    note,
  };
}

/** The instant that was typed in this field of a form; `bad` is said at the field where it isn't one. */
export function wall(text: string, zone: string, bad: string, field: string): string {
  const instant = wallInstant(text, zone);
  if (instant) return instant;
  throw new ApiProblem(400, { code: 'invalid-input', title: bad, errors: [{ field, message: bad }] });
}
