import { useQuery } from '@tanstack/react-query';
import { API_BASE } from '../api/client.ts';
import { endForOutage, ownOutagesQuery } from '../api/outages.ts';
import { serviceQuery, sessionQuery } from '../api/queries.ts';
import { useTexts } from '../i18n/texts.ts';
import { AskButton } from '../ui/ask.tsx';
import { ClauseChip } from '../ui/clause.tsx';
import { yuan } from '../ui/format.ts';
import { Panel } from '../ui/kit.tsx';
import { QueryState } from '../ui/query-state.tsx';
import { Toned } from '../ui/state.tsx';
import { Table } from '../ui/table.tsx';
import { useTimeFormat, When } from '../ui/time.tsx';

/** What hit one service or package, what came of it, and the right to end it where there is one. */
export function OutagesOf({ subject }: { subject: string }) {
  return (
    <>
      <EndRight subject={subject} />
      <Hits subject={subject} />
      <Months subject={subject} />
    </>
  );
}

/** The same of a package: nothing where nothing hit it. */
export function PackageOutages({ subject, name }: { subject: string; name: string }) {
  const found = useQuery(ownOutagesQuery(subject)).data;
  if (!found || found.items.length === 0) return null;
  return (
    <section className="stack" aria-label={name}>
      <h3>{name}</h3>
      <OutagesOf subject={subject} />
    </section>
  );
}

function EndRight({ subject }: { subject: string }) {
  const { t } = useTexts();
  const { instant } = useTimeFormat();
  const rights = useQuery(ownOutagesQuery(subject)).data?.end_rights ?? [];
  const used = rights.find(({ used_at }) => used_at);
  const right = used ?? rights[0];
  if (!right) return null;
  return (
    <Panel title={t('outages.endTitle')}>
      <p>
        {used
          ? t('outages.ended', { amount: yuan(used.refunded ?? '0') })
          : t('outages.endText', { since: instant(right.since) })}{' '}
        <ClauseChip id={right.clause_id} />
      </p>
      {used ? null : (
        <AskButton
          danger
          label={t('outages.end')}
          text={t('outages.endText', { since: instant(right.since) })}
          act={(_, key) => endForOutage(subject, key)}
          done={t('outages.endDone')}
          refresh={[['own-outages'], serviceQuery(subject).queryKey, ['usage'], sessionQuery.queryKey]}
        />
      )}
    </Panel>
  );
}

function Hits({ subject }: { subject: string }) {
  const { t, pick } = useTexts();
  return (
    <Panel title={t('outages.own')}>
      <QueryState query={useQuery(ownOutagesQuery(subject))}>
        {({ items }) => (
          <Table
            label={t('outages.own')}
            empty={t('outages.ownNone')}
            rows={items}
            rowKey={(row) => row.id}
            columns={[
              { title: t('outages.title'), cell: (row) => <strong>{pick(row.title)}</strong> },
              { title: t('outages.cause'), cell: (row) => t(`outages.causes.${row.cause}`) },
              { title: t('outages.from'), keep: true, cell: (row) => <When at={row.hit_from} /> },
              {
                title: t('outages.until'),
                keep: true,
                cell: (row) =>
                  (row.hit_until ?? row.until) ? (
                    <When at={(row.hit_until ?? row.until)!} />
                  ) : (
                    t('outages.lasts')
                  ),
              },
              { title: t('outages.outcome'), cell: (row) => <Outcome rows={row.consequences} /> },
              {
                title: t('outages.proof'),
                cell: (row) =>
                  row.proofs.map((proof) => (
                    <a key={proof} href={`${API_BASE}/outages/${row.id}/proofs/${proof}`} download>
                      {t('outages.proof')}
                    </a>
                  )),
              },
            ]}
          />
        )}
      </QueryState>
    </Panel>
  );
}

interface Consequence {
  consequence: 'extension' | 'by-month' | 'excluded' | 'left' | 'nothing';
  extended_hours: number;
  clause_id: string | null;
}

/** What holds, with all corrections together. */
function Outcome({ rows }: { rows: readonly Consequence[] }) {
  const { t } = useTexts();
  const last = rows.at(-1);
  if (!last) return <Toned tone="busy">{t('outages.outcomes.open')}</Toned>;
  const hours = rows.reduce((sum, row) => sum + row.extended_hours, 0);
  return (
    <>
      <Toned tone={hours > 0 ? 'good' : 'none'}>
        {t(`outages.outcomes.${hours > 0 ? 'extension' : last.consequence}`, { hours })}
      </Toned>{' '}
      {last.clause_id ? <ClauseChip id={last.clause_id} /> : null}
    </>
  );
}

function Months({ subject }: { subject: string }) {
  const { t } = useTexts();
  const months = useQuery(ownOutagesQuery(subject)).data?.months ?? [];
  if (months.length === 0) return null;
  return (
    <Panel title={t('outages.months')}>
      <Table
        label={t('outages.months')}
        empty={t('outages.monthsNone')}
        rows={months}
        rowKey={(row) => `${row.month}/${row.number}`}
        columns={[
          { title: t('outages.month'), cell: (row) => row.month },
          { title: t('outages.availability'), end: true, cell: (row) => `${row.availability_percent}%` },
          { title: t('outages.fee'), end: true, cell: (row) => yuan(row.fee) },
          { title: t('outages.back'), end: true, cell: (row) => `${row.back_percent}%` },
          { title: t('outages.paid'), end: true, keep: true, cell: (row) => yuan(row.paid) },
          { title: t('outages.clause'), cell: (row) => <ClauseChip id={row.clause_id} /> },
        ]}
      />
    </Panel>
  );
}
