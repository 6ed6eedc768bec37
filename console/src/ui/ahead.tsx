import { useQuery } from '@tanstack/react-query';
import { formatYuan } from '#kernel/money.ts';
import { type AheadLine, aheadQuery } from '../api/forecast.ts';
import { useTexts } from '../i18n/texts.ts';
import { ClauseChip } from './clause.tsx';
import { parseYuan, yuan } from './format.ts';
import { Facts } from './kit.tsx';
import { QueryState } from './query-state.tsx';
import { type Column, Table } from './table.tsx';
import { useTimeFormat, When } from './time.tsx';

interface Row extends AheadLine {
  /** Several days of the same, as late fees are. */
  days: number;
  until: string;
}

/** What happens in the next 90 days if nobody does anything, what it costs, and what to have ready by when. */
export function AheadView({ customerId }: { customerId?: string }) {
  const { t } = useTexts();
  const { instant } = useTimeFormat();
  const columns = useColumns();
  return (
    <QueryState query={useQuery(aheadQuery(customerId))}>
      {({ balance, owed, daily, lines, needs }) => (
        <div className="stack">
          <p className="small faint">{t('ahead.assumption')}</p>
          <Facts
            items={[
              [t('ahead.balance'), yuan(balance)],
              ...(parseYuan(owed) > 0n ? [[t('ahead.owed'), yuan(owed)] as [string, string]] : []),
              ...(daily ? [[t('ahead.daily'), yuan(daily)] as [string, string]] : []),
              [
                t('ahead.keep'),
                needs.length === 0 ? (
                  t('ahead.keepNothing')
                ) : (
                  <ul key="needs" className="plain">
                    {shortened(needs).map(({ by, amount }) => (
                      <li key={by}>{t('ahead.keepBy', { by: instant(by), amount: yuan(amount) })}</li>
                    ))}
                    <li>
                      <strong>{t('ahead.keepTotal', { total: yuan(needs.at(-1)!.total) })}</strong>
                    </li>
                  </ul>
                ),
              ],
            ]}
          />
          <Table
            label={t('ahead.title')}
            empty={t('ahead.none')}
            rows={together(lines)}
            rowKey={(row) =>
              `${row.at} ${row.act} ${row.subject.id ?? row.subject.label} ${row.amount ?? ''}`
            }
            columns={columns}
          />
        </div>
      )}
    </QueryState>
  );
}

function useColumns(): Column<Row>[] {
  const { t, pick } = useTexts();
  const { instant } = useTimeFormat();
  return [
    {
      title: t('ahead.at'),
      keep: true,
      cell: ({ at, estimated, days, until }) => (
        <>
          {estimated ? `${t('ahead.about')} ` : null}
          <When at={at} parts={estimated ? 'date' : 'minute'} />
          {days > 1 ? (
            <div className="small faint">
              {t('ahead.days', { count: days, until: instant(until, 'date') })}
            </div>
          ) : null}
        </>
      ),
    },
    {
      title: t('ahead.what'),
      cell: ({ act }) => t(`ahead.acts.${act.replace(/[.-]/g, '_')}` as 'ahead.title'),
    },
    { title: t('ahead.of'), cell: ({ subject }) => subject.label || null },
    {
      title: t('ahead.amount'),
      end: true,
      cell: ({ amount, money, estimated }) =>
        amount === null ? null : (
          <>
            {estimated ? `${t('ahead.about')} ` : null}
            {yuan(amount)}
            {money ? <div className="small faint">{t(`ahead.money.${money}`)}</div> : null}
          </>
        ),
    },
    {
      title: t('ahead.clause'),
      cell: ({ clause }) =>
        clause ? (
          <>
            <ClauseChip id={clause.id} version={clause.version} />{' '}
            <span className="small faint">
              {t(`ahead.layer.${clause.layer}`)} · {pick(clause.title)}
            </span>
          </>
        ) : null,
    },
  ];
}

/** Late fees and charges of following days are one row each. */
function together(lines: AheadLine[]): Row[] {
  const rows: Row[] = [];
  const running = new Map<string, Row>();
  for (const line of lines) {
    const daily = line.act === 'debt.late-fee' || line.act === 'account.billed-on';
    const key = `${line.act} ${line.subject.id ?? line.subject.label}`;
    const row = daily ? running.get(key) : undefined;
    if (row) {
      row.amount = formatYuan(parseYuan(row.amount ?? '0') + parseYuan(line.amount ?? '0'));
      if (line.at !== row.until) row.days++;
      row.until = line.at;
      continue;
    }
    const made = { ...line, days: 1, until: line.at };
    rows.push(made);
    if (daily) running.set(key, made);
  }
  return rows;
}

const SHOWN = 6;

/** By when how much: where it is a little each day, the first that count and the rest by the last of them. */
function shortened<T extends { by: string; amount: string }>(needs: T[]): { by: string; amount: string }[] {
  if (needs.length <= SHOWN) return needs;
  const size = Math.ceil(needs.length / SHOWN);
  return Array.from({ length: Math.ceil(needs.length / size) }, (_, i) => {
    const part = needs.slice(i * size, (i + 1) * size);
    const amount = part.reduce((sum, need) => sum + parseYuan(need.amount), 0n);
    return { by: part[0]!.by, amount: formatYuan(amount) };
  });
}
