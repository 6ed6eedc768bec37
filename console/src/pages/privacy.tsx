import { useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Checkbox } from 'antd';
import { useState } from 'react';
import { formatYuan } from '#kernel/money.ts';
import { useAct } from '../api/client.ts';
import {
  askCopy,
  askPrivacy,
  type Category,
  downloadCopy,
  type PersonalTable,
  type PrivacyCopy,
  type PrivacyOverview,
  privacyCopiesQuery,
  privacyDataQuery,
  privacyQuery,
  privacyRequestsQuery,
  setConsent,
  setLimit,
} from '../api/privacy.ts';
import { useTexts } from '../i18n/texts.ts';
import { ActButton } from '../ui/act-button.tsx';
import { AskButton } from '../ui/ask.tsx';
import { yuan } from '../ui/format.ts';
import { Page, Panel } from '../ui/kit.tsx';
import { ProblemAlert } from '../ui/problem-alert.tsx';
import { QueryState } from '../ui/query-state.tsx';
import { Table } from '../ui/table.tsx';
import { When } from '../ui/time.tsx';
import { Deletion } from './privacy-deletion.tsx';

/** What is kept of oneself, and what can be done about it. */
export function PrivacyPage() {
  const { t } = useTexts();
  return (
    <Page title={t('privacy.title')} lead={t('privacy.lead')}>
      <QueryState query={useQuery(privacyQuery)}>
        {(overview) => (
          <div className="stack">
            <Data tables={overview.tables} />
            <Copies />
            <Consents overview={overview} />
            <Requests />
            <Deletion />
          </div>
        )}
      </QueryState>
    </Page>
  );
}

function Data({ tables }: { tables: PersonalTable[] }) {
  const { t, pick, locale } = useTexts();
  const [open, setOpen] = useState<Category | null>(null);
  return (
    <Panel title={t('privacy.data')} lead={t('privacy.dataLead')}>
      <Table
        label={t('privacy.data')}
        empty={t('privacy.none')}
        rows={tables}
        rowKey={({ table }) => table}
        columns={[
          { title: t('privacy.what'), keep: true, cell: ({ name }) => pick(name) },
          {
            title: t('privacy.why'),
            cell: ({ purpose_names }) => purpose_names.map(pick).join(locale === 'zh' ? '、' : ', '),
          },
          { title: t('privacy.basis'), cell: ({ basis }) => <span className="small">{pick(basis)}</span> },
          {
            title: t('privacy.kept'),
            cell: ({ kept }) => (
              <span className="small">
                {kept
                  ? t('privacy.keptFor', { law: pick(kept.law), months: kept.months })
                  : t('privacy.goes')}
              </span>
            ),
          },
          { title: t('privacy.rows'), end: true, cell: ({ rows }) => rows },
          {
            title: t('privacy.show'),
            end: true,
            cell: ({ name, category }) => (
              <ActButton
                busy={false}
                size="small"
                aria-label={`${t('privacy.show')} ${pick(name)}`}
                onClick={() => setOpen(category)}
              >
                {t('privacy.show')}
              </ActButton>
            ),
          },
        ]}
      />
      {open ? <Rows key={open} category={open} /> : null}
    </Panel>
  );
}

function Rows({ category }: { category: Category }) {
  const { t, pick } = useTexts();
  return (
    <QueryState query={useQuery(privacyDataQuery(category))}>
      {({ items }) => (
        <div className="facts-more" ref={intoView}>
          {items.map(({ table, name, columns, rows, more }) => (
            <section key={table} className="facts-more" aria-label={pick(name)}>
              <h3>{pick(name)}</h3>
              <Table
                label={pick(name)}
                empty={t('privacy.none')}
                rows={rows.map((row, i) => ({ ...row, row_: String(i) }))}
                rowKey={({ row_ }) => row_}
                columns={columns.map(({ column, name: title }) => ({
                  title: pick(title),
                  keep: true,
                  cell: (row: Record<string, unknown>) => <Cell column={column} value={row[column]} />,
                }))}
              />
              {more ? <p className="faint small">{t('privacy.more')}</p> : null}
            </section>
          ))}
        </div>
      )}
    </QueryState>
  );
}

/** What was asked for comes below a long table, where the button that asked can't be seen with it. */
function intoView(shown: HTMLElement | null): void {
  shown?.scrollIntoView({ block: 'start' });
}

function Cell({ column, value }: { column: string; value: unknown }) {
  if (value === null || value === undefined) return null;
  // Kept in millionths of a yuan.
  if (column.endsWith('_micro')) return yuan(formatYuan(BigInt(String(value))));
  if (typeof value === 'string')
    return /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value) ? <When at={value} /> : value;
  return <code className="small">{JSON.stringify(value)}</code>;
}

function Copies() {
  const { t } = useTexts();
  const { message } = App.useApp();
  const queryClient = useQueryClient();
  const ask = useAct(askCopy, {
    onSuccess: () => {
      void message.success(t('privacy.copyAsked'));
      return queryClient.invalidateQueries({ queryKey: ['privacy'] });
    },
  });
  return (
    <Panel
      title={t('privacy.copies')}
      lead={t('privacy.copiesLead')}
      aside={
        <ActButton busy={ask.isPending} onClick={() => ask.mutate()}>
          {t('privacy.copyAsk')}
        </ActButton>
      }
    >
      {ask.error ? <ProblemAlert error={ask.error} /> : null}
      <QueryState query={useQuery(privacyCopiesQuery)}>
        {({ items }) => (
          <Table
            label={t('privacy.copies')}
            empty={t('privacy.none')}
            rows={items}
            rowKey={({ id }) => id}
            columns={[
              {
                title: t('privacy.copyMade'),
                keep: true,
                cell: ({ made_at }) => (made_at ? <When at={made_at} /> : t('privacy.copyMaking')),
              },
              { title: t('privacy.copyUntil'), cell: ({ expires_at }) => <When at={expires_at} /> },
              { title: t('privacy.copies'), keep: true, end: true, cell: (copy) => <Files copy={copy} /> },
            ]}
          />
        )}
      </QueryState>
    </Panel>
  );
}

function Files({ copy }: { copy: PrivacyCopy }) {
  const { t } = useTexts();
  const download = useAct(downloadCopy);
  if (copy.state !== 'ready') return t(copy.state === 'gone' ? 'privacy.copyGone' : 'privacy.copyMaking');
  return (
    <span className="acts">
      {download.error ? <ProblemAlert error={download.error} /> : null}
      {(['html', 'json'] as const).map((form) => (
        <ActButton
          key={form}
          busy={download.isPending && download.variables.form === form}
          size="small"
          aria-label={t('privacy.copyOf', { form: t(`privacy.${form}`), made: copy.made_at ?? '' })}
          onClick={() => download.mutate({ id: copy.id, form })}
        >
          {t(`privacy.${form}`)}
        </ActButton>
      ))}
    </span>
  );
}

function Consents({ overview }: { overview: PrivacyOverview }) {
  const { t } = useTexts();
  const { message } = App.useApp();
  const queryClient = useQueryClient();
  const onSuccess = () => {
    void message.success(t('privacy.saved'));
    return queryClient.invalidateQueries({ queryKey: ['privacy'] });
  };
  const consent = useAct(setConsent, { onSuccess });
  const limit = useAct(setLimit, { onSuccess });
  const since = overview.limited_since;
  return (
    <Panel title={t('privacy.consents')} lead={t('privacy.consentsLead')}>
      {consent.error ? <ProblemAlert error={consent.error} /> : null}
      {overview.consents.map(({ purpose, given }) => (
        <p key={purpose}>
          <Checkbox
            checked={given}
            disabled={consent.isPending || (since !== null && !given)}
            onChange={({ target }) => consent.mutate({ purpose, given: target.checked })}
          >
            {t(`privacy.${purpose}`)}
          </Checkbox>
        </p>
      ))}
      <p>
        {since ? t('privacy.limited', { since: since.slice(0, 10) }) : t('privacy.unlimited')}{' '}
        <ActButton busy={limit.isPending} onClick={() => limit.mutate(since === null)}>
          {t(since ? 'privacy.limitOff' : 'privacy.limitOn')}
        </ActButton>
      </p>
    </Panel>
  );
}

function Requests() {
  const { t } = useTexts();
  return (
    <Panel
      title={t('privacy.requests')}
      lead={t('privacy.requestsLead')}
      aside={
        <AskButton
          label={t('privacy.ask')}
          fields={[
            {
              name: 'kind',
              label: t('privacy.kind'),
              kind: 'choice',
              choices: (['correct', 'other'] as const).map((value) => ({
                value,
                label: t(`privacy.kinds.${value}`),
              })),
            },
            { name: 'text', label: t('privacy.text'), kind: 'area' },
          ]}
          act={({ kind, text = '' }) => askPrivacy({ kind: kind === 'correct' ? 'correct' : 'other', text })}
          done={t('privacy.asked')}
          refresh={[['privacy', 'requests']]}
        />
      }
    >
      <QueryState query={useQuery(privacyRequestsQuery)}>
        {({ items }) => (
          <Table
            label={t('privacy.requests')}
            empty={t('privacy.none')}
            rows={items}
            rowKey={({ id }) => id}
            columns={[
              { title: t('privacy.askedAt'), cell: (row) => <When at={row.asked_at} /> },
              { title: t('privacy.kind'), keep: true, cell: ({ kind }) => t(`privacy.kinds.${kind}`) },
              { title: t('privacy.what'), cell: ({ text }) => text },
              { title: t('privacy.dueAt'), cell: (row) => <When at={row.due_at} parts="date" /> },
              { title: t('privacy.state'), keep: true, cell: ({ state }) => t(`privacy.states.${state}`) },
              { title: t('privacy.answer'), keep: true, cell: ({ answer }) => answer },
            ]}
          />
        )}
      </QueryState>
    </Panel>
  );
}
