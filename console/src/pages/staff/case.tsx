import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import {
  addEvidence,
  askInquiry,
  decideAppeal,
  decideCase,
  type MeasureBody,
  reverseMeasure,
  type StaffCase,
  staffCaseQuery,
  takeMeasure,
} from '../../api/cases.ts';
import { ACTS } from '../../api/gates.ts';
import { useTexts } from '../../i18n/texts.ts';
import { AskButton, type AskField } from '../../ui/ask.tsx';
import { CaseStateTag } from '../../ui/case-state.tsx';
import { ClauseChip } from '../../ui/clause.tsx';
import { Facts, Page, Panel } from '../../ui/kit.tsx';
import { MeasuresTable } from '../../ui/measures.tsx';
import { QueryState } from '../../ui/query-state.tsx';
import { Table } from '../../ui/table.tsx';
import { When } from '../../ui/time.tsx';
import { CustomerLink } from './customer-link.tsx';

const REFRESH = [['staff', 'cases']];

/** One case as staff work on it. */
export function StaffCasePage() {
  const { id } = useParams({ from: '/staff/cases/$id' });
  return <QueryState query={useQuery(staffCaseQuery(id))}>{(found) => <Whole found={found} />}</QueryState>;
}

function Whole({ found }: { found: StaffCase }) {
  const { t } = useTexts();
  return (
    <Page title={found.summary} actions={found.state === 'open' ? <Decide id={found.id} /> : null}>
      <div className="stack">
        <Panel>
          <Facts
            items={[
              [t('cases.state'), <CaseStateTag key="state" state={found.state} />],
              [t('cases.customer'), <CustomerLink key="customer" id={found.customer_id} />],
              [t('cases.service'), found.service_id ?? '—'],
              [
                t('cases.clause'),
                <ClauseChip key="clause" id={found.clause} version={found.terms_version} />,
              ],
              [t('cases.origin'), t(`caseOrigin.${found.origin}`)],
              [t('cases.decision'), found.decision ?? '—'],
            ]}
          />
        </Panel>
        <Evidence found={found} />
        <Panel
          title={t('cases.measures')}
          aside={found.state === 'no-breach' ? null : <TakeMeasure found={found} />}
        >
          <MeasuresTable
            rows={found.measures}
            version={found.terms_version}
            acts={(row) =>
              row.state === 'standing' ? (
                <AskButton
                  label={t('cases.lift')}
                  fields={[{ name: 'reason', label: t('cases.reason') }]}
                  act={({ reason = '' }) => reverseMeasure({ id: row.id, reason })}
                  done={t('cases.lifted')}
                  refresh={REFRESH}
                />
              ) : null
            }
          />
        </Panel>
        {found.appeal ? <Appeal found={found} appeal={found.appeal} /> : null}
      </div>
    </Page>
  );
}

function Decide({ id }: { id: string }) {
  const { t } = useTexts();
  const fields: AskField[] = [{ name: 'decision', label: t('cases.decision'), kind: 'area' }];
  return (
    <>
      {([true, false] as const).map((breach) => (
        <AskButton
          key={String(breach)}
          strong={breach}
          label={t(breach ? 'cases.breach' : 'cases.clear')}
          fields={fields}
          act={({ decision = '' }) => decideCase({ id, breach, decision })}
          done={t('cases.done')}
          refresh={REFRESH}
        />
      ))}
    </>
  );
}

function Evidence({ found }: { found: StaffCase }) {
  const { t } = useTexts();
  return (
    <Panel
      title={t('cases.evidence')}
      aside={
        <>
          <AskButton
            label={t('cases.addNote')}
            fields={[{ name: 'text', label: t('cases.note'), kind: 'area' }]}
            act={({ text = '' }, key) => addEvidence({ id: found.id, text }, key)}
            done={t('cases.done')}
            refresh={REFRESH}
          />
          {found.state === 'open' ? (
            <AskButton
              label={t('cases.ask')}
              fields={[{ name: 'question', label: t('cases.asked'), kind: 'area' }]}
              act={({ question = '' }, key) => askInquiry({ id: found.id, question }, key)}
              done={t('cases.done')}
              refresh={REFRESH}
            />
          ) : null}
        </>
      }
    >
      <Table
        label={t('cases.evidence')}
        empty={t('cases.evidenceEmpty')}
        rows={found.evidence}
        rowKey={(row) => row.id}
        columns={[
          { title: t('cases.opened'), keep: true, cell: (row) => <When at={row.at} /> },
          { title: t('cases.category'), cell: (row) => t(`evidenceKind.${row.kind}`) },
          {
            title: t('cases.what'),
            cell: (row) => row.text ?? <code className="small">{JSON.stringify(row.facts)}</code>,
          },
        ]}
      />
    </Panel>
  );
}

const FINAL = new Set<MeasureBody['measure']>(['end', 'wipe', 'ban']);

function TakeMeasure({ found }: { found: StaffCase }) {
  const { t } = useTexts();
  const extra: Partial<Record<MeasureBody['measure'], AskField[]>> = {
    throttle: [{ name: 'cpus', label: t('cases.cpus'), initial: '0.2' }],
    restrict: [
      {
        name: 'act',
        label: t('cases.acts'),
        kind: 'choice',
        choices: ACTS.map((value) => ({ value, label: t(`gates.acts.${value}`) })),
      },
    ],
    'freeze-money': [
      { name: 'amount', label: t('cases.amount'), kind: 'money', optional: true },
      { name: 'freeze_reason', label: t('cases.freezeReason') },
    ],
  };
  return (
    <>
      {found.possible.map((measure) => (
        <AskButton
          key={measure}
          danger={FINAL.has(measure)}
          disabled={FINAL.has(measure) && found.state !== 'breach'}
          label={t(`measureName.${measure}`)}
          text={FINAL.has(measure) ? t('cases.needsSecond') : null}
          fields={[...(extra[measure] ?? []), { name: 'reason', label: t('cases.reason') }]}
          act={({ reason = '', cpus, act, amount, freeze_reason }, key) =>
            takeMeasure(
              {
                id: found.id,
                measure,
                reason,
                ...(cpus ? { cpus: Number(cpus) } : {}),
                ...(act ? { acts: [act as (typeof ACTS)[number]] } : {}),
                ...(amount ? { amount } : {}),
                ...(freeze_reason ? { freeze_reason } : {}),
              },
              key,
            )
          }
          done={t(FINAL.has(measure) ? 'cases.asks' : 'cases.done')}
          refresh={REFRESH}
        />
      ))}
    </>
  );
}

function Appeal({ found, appeal }: { found: StaffCase; appeal: NonNullable<StaffCase['appeal']> }) {
  const { t } = useTexts();
  return (
    <Panel
      title={t('cases.appeal')}
      aside={
        appeal.state === 'waiting'
          ? ([true, false] as const).map((grant) => (
              <AskButton
                key={String(grant)}
                label={t(grant ? 'cases.grant' : 'cases.refuse')}
                fields={[{ name: 'decision', label: t('cases.decision'), kind: 'area' }]}
                act={({ decision = '' }) => decideAppeal({ id: found.id, grant, decision })}
                done={t('cases.done')}
                refresh={REFRESH}
              />
            ))
          : null
      }
    >
      <p>{appeal.text}</p>
      <p className="faint">
        {t(`appealState.${appeal.state}`)}
        {appeal.decision ? ` · ${appeal.decision}` : ''}
      </p>
    </Panel>
  );
}
