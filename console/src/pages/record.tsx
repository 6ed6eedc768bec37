import { useInfiniteQuery } from '@tanstack/react-query';
import { App, Button, Form, Input, Select } from 'antd';
import { useState } from 'react';
import { type RecordedAct, type RecordFilter, recordQuery, recordRead } from '../api/record.ts';
import { useTexts } from '../i18n/texts.ts';
import { ClauseChip } from '../ui/clause.tsx';
import { ActName, FactList } from '../ui/fact-list.tsx';
import { Page, Panel } from '../ui/kit.tsx';
import { Needs } from '../ui/may.tsx';
import { csvOf, saveFile } from '../ui/save-file.ts';
import { PagedTable } from '../ui/table.tsx';
import { dayStart, useTimeFormat, When } from '../ui/time.tsx';

/** No more than this in one file; whoever needs more narrows the span. */
const EXPORTED = 10_000;

/** The account's own part of the record: who did what, when, from where, on which clause. */
export function RecordPage() {
  const { t } = useTexts();
  const [filter, setFilter] = useState<RecordFilter>({});
  return (
    <Page
      title={t('record.title')}
      lead={t('record.lead')}
      actions={
        <Needs area="audit" does="read" quiet>
          <Export filter={filter} />
        </Needs>
      }
    >
      <Needs area="audit" does="read">
        <div className="stack">
          <Filter onFilter={setFilter} />
          <Panel>
            <Acts filter={filter} />
          </Panel>
        </div>
      </Needs>
    </Page>
  );
}

interface Values {
  by?: RecordFilter['by'];
  kind?: string;
  from?: string;
  to?: string;
}

const KINDS = [
  'session',
  'key',
  'member',
  'service',
  'payment',
  'contact',
  'terms',
  'filing',
  'user',
] as const;

function Filter({ onFilter }: { onFilter: (filter: RecordFilter) => void }) {
  const { t } = useTexts();
  const { zone } = useTimeFormat();
  const instant = (day: string | undefined) => (day ? dayStart(day, zone) : undefined);
  return (
    <Form<Values>
      layout="inline"
      className="back-filter"
      onFinish={({ by, kind, from, to }) => {
        const [since, until] = [instant(from), instant(to)];
        onFilter({
          ...(by ? { by } : {}),
          ...(kind ? { action: kind } : {}),
          ...(since ? { from: since } : {}),
          ...(until ? { to: until } : {}),
        });
      }}
    >
      <Form.Item name="by" label={t('record.who')}>
        <Select
          allowClear
          style={{ width: 140 }}
          options={(['member', 'staff', 'system'] as const).map((value) => ({
            value,
            label: t(`record.whos.${value}`),
          }))}
        />
      </Form.Item>
      <Form.Item name="kind" label={t('record.what')}>
        <Select
          allowClear
          style={{ width: 140 }}
          options={KINDS.map((value) => ({ value, label: t(`record.kinds.${value}`) }))}
        />
      </Form.Item>
      <Form.Item name="from" label={t('record.from')}>
        <Input type="date" />
      </Form.Item>
      <Form.Item name="to" label={t('record.to')}>
        <Input type="date" />
      </Form.Item>
      <Button htmlType="submit">{t('record.filter')}</Button>
    </Form>
  );
}

function Acts({ filter }: { filter: RecordFilter }) {
  const { t } = useTexts();
  return (
    <PagedTable
      query={useInfiniteQuery(recordQuery(filter))}
      label={t('record.title')}
      empty={t('record.empty')}
      rowKey={({ id }) => id}
      columns={[
        { title: t('record.at'), keep: true, cell: (act) => <When at={act.at} parts="second" /> },
        { title: t('record.who'), cell: (act) => <Who act={act} /> },
        { title: t('record.what'), keep: true, cell: (act) => <ActName action={act.action} /> },
        { title: t('record.changed'), cell: (act) => <Changed act={act} /> },
        {
          title: t('record.clause'),
          cell: ({ clause }) => (clause ? <ClauseChip id={clause.id} version={clause.version} /> : null),
        },
        { title: t('record.ip'), cell: ({ ip }) => (ip ? <code>{ip}</code> : null) },
        {
          title: t('record.session'),
          cell: ({ session_id, key_id }) =>
            session_id ? (
              <span title={session_id}>
                {t(key_id ? 'record.key' : 'record.signIn')} <code>…{session_id.slice(-6)}</code>
              </span>
            ) : null,
        },
      ]}
    />
  );
}

function Who({ act: { who } }: { act: RecordedAct }) {
  const { t } = useTexts();
  const name = t(`record.whos.${who.kind}`);
  if (who.behalf) return <>{t('record.behalf', { who: who.email ?? name })}</>;
  return <>{who.email ?? name}</>;
}

/** Each setting that is another now, as it was and as it is. */
function Changed({ act: { before, after } }: { act: RecordedAct }) {
  const { t } = useTexts();
  const changes = changesOf(before, after);
  if (changes.length === 0) return null;
  const words: Record<string, string> = t('factValues', { returnObjects: true });
  // A value that is a code of ours, and the codes within one, in words.
  const inWords = (said: string) =>
    words[said] ??
    said.replaceAll(/"(\w+)"/g, (_, code: string) => words[code] ?? code).replaceAll(/[{}]/g, '');
  const facts = Object.fromEntries(
    changes.map(([name, was, is]) => [
      name || t('record.value'),
      was === '' ? inWords(is) : `${inWords(was)} → ${inWords(is) || '—'}`,
    ]),
  );
  return <FactList facts={facts} />;
}

function changesOf(before: unknown, after: unknown): [name: string, was: string, is: string][] {
  const [was, is] = [settings(before), settings(after)];
  return [...new Set([...Object.keys(was), ...Object.keys(is)])]
    .map((name): [string, string, string] => [name, said(was[name]), said(is[name])])
    .filter(([, old, now]) => old !== now);
}

function settings(value: unknown): Record<string, unknown> {
  if (value === null || value === undefined) return {};
  return typeof value === 'object' && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : { '': value };
}

function said(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function Export({ filter }: { filter: RecordFilter }) {
  const { t } = useTexts();
  const { message } = App.useApp();
  const [busy, setBusy] = useState(false);
  const names: Record<string, string> = t('acts', { returnObjects: true });
  const columns = ['at', 'who', 'what', 'code', 'subject', 'changed', 'clause', 'ip', 'session'] as const;
  const cells = (act: RecordedAct) => [
    act.at,
    act.who.behalf
      ? t('record.behalf', { who: act.who.email ?? '' })
      : (act.who.email ?? t(`record.whos.${act.who.kind}`)),
    names[act.action.replaceAll(/[.-]/g, '_')] ?? act.action,
    act.action,
    `${act.subject.kind} ${act.subject.id}`,
    act.before === null && act.after === null ? '' : JSON.stringify({ before: act.before, after: act.after }),
    act.clause?.id ?? '',
    act.ip ?? '',
    act.session_id ?? '',
  ];
  const save = async () => {
    setBusy(true);
    try {
      const acts = await recordRead(filter, EXPORTED);
      saveFile('record.csv', csvOf([columns.map((column) => t(`record.${column}`)), ...acts.map(cells)]));
      if (acts.length === EXPORTED) void message.info(t('record.notAll', { count: EXPORTED }));
    } catch {
      void message.error(t('record.failed'));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Button loading={busy} onClick={() => void save()}>
      {t('record.export')}
    </Button>
  );
}
