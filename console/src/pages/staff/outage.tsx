import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import {
  outagePreviewQuery,
  type StaffOutage,
  settleOutage,
  staffOutageQuery,
  tellForceMajeure,
  type Verdict,
  writeOutage,
} from '../../api/outages.ts';
import { brandQuery } from '../../api/queries.ts';
import { useTexts } from '../../i18n/texts.ts';
import { AskButton } from '../../ui/ask.tsx';
import { ClauseChip } from '../../ui/clause.tsx';
import { Page, Panel } from '../../ui/kit.tsx';
import { QueryState } from '../../ui/query-state.tsx';
import { Toned } from '../../ui/state.tsx';
import { Table } from '../../ui/table.tsx';
import { useTimeFormat, When } from '../../ui/time.tsx';
import { CustomerLink } from './customer-link.tsx';
import { saidOf, useOutageFields } from './outage-fields.ts';

const REFRESH = [['staff', 'outages']];

/** One page of the book: what was written, whom it hit, what it means, and applying that. */
export function StaffOutagePage() {
  const { id } = useParams({ from: '/staff/outages/$id' });
  return (
    <QueryState query={useQuery(staffOutageQuery(id))}>{(outage) => <Outage outage={outage} />}</QueryState>
  );
}

function Outage({ outage }: { outage: StaffOutage }) {
  const { t, pick } = useTexts();
  const { instant } = useTimeFormat();
  const { entry, settled_entry, settled_at } = outage;
  return (
    <Page
      title={pick(entry.title)}
      lead={
        settled_entry && settled_at
          ? t('outages.appliedAt', { number: settled_entry, at: instant(settled_at) })
          : null
      }
      actions={<Acts outage={outage} />}
    >
      <div className="stack">
        {settled_entry === entry.number ? null : <Preview outage={outage} />}
        <Affected outage={outage} />
        <Entries outage={outage} />
      </div>
    </Page>
  );
}

function Acts({ outage }: { outage: StaffOutage }) {
  const { t } = useTexts();
  const { zone } = useSuspenseQuery(brandQuery).data;
  const fields = useOutageFields(outage.entry);
  return (
    <>
      <AskButton
        label={t('outages.write')}
        fields={fields}
        act={(values) =>
          writeOutage(outage.id, outage.entry.number, saidOf(values, zone, t('outages.timeBad')))
        }
        done={t('outages.recorded')}
        refresh={REFRESH}
      />
      {outage.entry.cause === 'force-majeure' ? (
        <AskButton
          label={t('outages.fm')}
          text={outage.told > 0 ? t('outages.told', { count: outage.told }) : null}
          fields={[
            { name: 'zh', label: t('outages.fmZh'), kind: 'area' },
            { name: 'en', label: t('outages.fmEn'), kind: 'area' },
            { name: 'content', label: t('outages.fmFile'), kind: 'file', accept: '.png,.jpg,.jpeg,.pdf' },
          ]}
          act={({ zh = '', en = '', content = '' }) => tellForceMajeure(outage.id, { zh, en }, content)}
          done={t('outages.fmDone')}
          refresh={REFRESH}
        />
      ) : null}
    </>
  );
}

function Preview({ outage }: { outage: StaffOutage }) {
  const { t } = useTexts();
  return (
    <Panel title={t('outages.preview')}>
      {outage.entry.until ? <Verdicts outage={outage} /> : t('outages.previewLasts')}
    </Panel>
  );
}

function Verdicts({ outage }: { outage: StaffOutage }) {
  const { t } = useTexts();
  return (
    <QueryState query={useQuery(outagePreviewQuery(outage.id, outage.entry.number))}>
      {({ items }) => (
        <>
          <Table
            label={t('outages.preview')}
            empty={t('outages.affectedNone')}
            rows={items}
            rowKey={(row) => row.subject_id}
            columns={[
              { title: t('outages.service'), cell: (row) => row.label },
              { title: t('outages.customer'), cell: (row) => <CustomerLink id={row.customer_id} /> },
              { title: t('outages.down'), end: true, cell: (row) => row.down_hours },
              { title: t('outages.outcome'), cell: (row) => <VerdictText row={row} /> },
              {
                title: t('outages.clause'),
                cell: (row) =>
                  row.clause ? <ClauseChip id={row.clause.id} version={row.clause.version} /> : '—',
              },
            ]}
          />
          <Apply outage={outage} items={items} />
        </>
      )}
    </QueryState>
  );
}

function VerdictText({ row }: { row: Verdict }) {
  const { t } = useTexts();
  const text = t(`outages.outcomes.${row.consequence}`, { hours: row.extend_hours });
  return (
    <>
      <Toned tone={row.consequence === 'extension' ? 'good' : 'none'}>{text}</Toned>
      {row.discretionary ? <div className="faint small">{t('outages.discretion')}</div> : null}
    </>
  );
}

function Apply({ outage, items }: { outage: StaffOutage; items: readonly Verdict[] }) {
  const { t } = useTexts();
  const asks = items.some(({ discretionary }) => discretionary);
  const choices = (['extend', 'leave'] as const).map((value) => ({ value, label: t(`outages.${value}`) }));
  const discretion = {
    name: 'discretion',
    label: t('outages.discretion'),
    kind: 'choice' as const,
    initial: 'extend',
    choices,
  };
  return (
    <p>
      <AskButton
        strong
        label={t('outages.apply')}
        text={t('outages.applyText')}
        fields={asks ? [discretion] : []}
        act={({ discretion: chosen }) =>
          settleOutage(outage.id, outage.entry.number, chosen === 'extend' ? 'extend' : 'leave')
        }
        done={t('outages.applied')}
        refresh={REFRESH}
      />
    </p>
  );
}

function Affected({ outage }: { outage: StaffOutage }) {
  const { t } = useTexts();
  const last = new Map(outage.consequences.map((row) => [row.subject_id, row]));
  return (
    <Panel title={t('outages.affected')}>
      <Table
        label={t('outages.affected')}
        empty={t('outages.affectedNone')}
        rows={outage.affected}
        rowKey={(row) => row.subject_id}
        columns={[
          {
            title: t('outages.service'),
            cell: (row) => (
              <>
                {row.label} <code className="small faint">{row.subject_id}</code>
              </>
            ),
          },
          { title: t('outages.customer'), cell: (row) => <CustomerLink id={row.customer_id} /> },
          { title: t('outages.from'), keep: true, cell: (row) => <When at={row.from} /> },
          {
            title: t('outages.until'),
            keep: true,
            cell: (row) => (row.until ? <When at={row.until} /> : t('outages.lasts')),
          },
          {
            title: t('outages.outcome'),
            cell: (row) => {
              const found = last.get(row.subject_id);
              if (!found) return '';
              return t(`outages.outcomes.${found.consequence}`, { hours: found.extended_hours });
            },
          },
        ]}
      />
    </Panel>
  );
}

function Entries({ outage }: { outage: StaffOutage }) {
  const { t, pick } = useTexts();
  return (
    <Panel title={t('outages.entries')}>
      <Table
        label={t('outages.entries')}
        empty=""
        rows={outage.entries}
        rowKey={(row) => row.number}
        columns={[
          { title: '#', cell: (row) => t('outages.entry', { number: row.number }) },
          { title: t('outages.title'), cell: (row) => pick(row.title) },
          { title: t('outages.cause'), cell: (row) => t(`outages.causes.${row.cause}`) },
          { title: t('outages.from'), keep: true, cell: (row) => <When at={row.from} /> },
          {
            title: t('outages.until'),
            keep: true,
            cell: (row) => (row.until ? <When at={row.until} /> : t('outages.lasts')),
          },
          { title: t('outages.note'), cell: (row) => row.note },
          { title: t('outages.recorded'), keep: true, cell: (row) => <When at={row.updated_at} /> },
        ]}
      />
    </Panel>
  );
}
