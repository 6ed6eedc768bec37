import { useMutation, useQuery } from '@tanstack/react-query';
import { Alert } from 'antd';
import { type LedgerRoot, type Proof, readProof, rootsQuery } from '../api/ledger.ts';
import { ApiProblem } from '../api/problem.ts';
import { useTexts } from '../i18n/texts.ts';
import { canCheck, chainHolds, entryHolds, rootHolds } from '../proof/check.ts';
import { ActButton } from '../ui/act-button.tsx';
import { microYuan } from '../ui/format.ts';
import { Page, Panel } from '../ui/kit.tsx';
import { MoneyNav } from '../ui/money-nav.tsx';
import { ProblemAlert } from '../ui/problem-alert.tsx';
import { QueryState } from '../ui/query-state.tsx';
import { Toned } from '../ui/state.tsx';
import { Table } from '../ui/table.tsx';
import { When } from '../ui/time.tsx';

interface Checked {
  proof: Proof;
  rootOk: boolean;
  /** The root of the proof is the one on the public list. */
  same: boolean;
  entryOk: boolean[];
}

/** Reads the proof of a day and computes everything anew. A day without own entries has none. */
async function checkDay(listed: LedgerRoot): Promise<Checked> {
  const proof = await readProof(listed.day).catch((error: unknown) => {
    if (error instanceof ApiProblem && error.status === 404)
      return { root: listed, entries: [], next: null } satisfies Proof;
    throw error;
  });
  const entryOk: boolean[] = [];
  for (const entry of proof.entries) entryOk.push(await entryHolds(entry, proof.root));
  return {
    proof,
    rootOk: await rootHolds(proof.root),
    same: proof.root.root === listed.root && proof.root.merkle_root === listed.merkle_root,
    entryOk,
  };
}

/** A customer checks an own statement against what was published, in the browser itself. */
export function ProofPage() {
  const { t } = useTexts();
  const roots = useQuery(rootsQuery);
  const check = useMutation({ mutationFn: checkDay });
  return (
    <Page title={t('proof.title')} lead={t('proof.lead')}>
      <MoneyNav />
      <div className="stack">
        {canCheck() ? null : <Alert type="warning" showIcon title={t('proof.insecure')} />}
        {check.error ? <ProblemAlert error={check.error} /> : null}
        {check.data ? <Result checked={check.data} /> : null}
        <Panel title={t('proof.roots')} lead={t('proof.keep')}>
          <QueryState query={roots}>
            {({ items }) => (
              <>
                {items.length > 1 ? (
                  <CheckLine good={chainHolds(items)}>
                    {chainHolds(items)
                      ? t('proof.chainHolds', { count: items.length })
                      : t('proof.chainBroken')}
                  </CheckLine>
                ) : null}
                <Table
                  label={t('proof.roots')}
                  empty={t('proof.emptyRoots')}
                  rows={items}
                  rowKey={(root) => root.day}
                  columns={[
                    { title: t('proof.day'), keep: true, cell: (root) => root.day },
                    { title: t('proof.entries'), end: true, cell: (root) => root.entries },
                    { title: t('proof.root'), cell: (root) => <span className="hash">{root.root}</span> },
                    {
                      title: t('proof.published'),
                      keep: true,
                      cell: (root) => (root.published_at ? <When at={root.published_at} /> : '—'),
                    },
                    {
                      title: t('proof.check'),
                      end: true,
                      keep: true,
                      cell: (root) => (
                        <ActButton
                          size="small"
                          type="primary"
                          ghost
                          disabled={!canCheck()}
                          busy={check.isPending && check.variables?.day === root.day}
                          aria-label={t('proof.checkOf', { day: root.day })}
                          onClick={() => check.mutate(root)}
                        >
                          {t('proof.check')}
                        </ActButton>
                      ),
                    },
                  ]}
                />
              </>
            )}
          </QueryState>
        </Panel>
        <Panel title={t('proof.how')}>
          <p className="soft">{t('proof.howText')}</p>
        </Panel>
      </div>
    </Page>
  );
}

function CheckLine({ good, children }: { good: boolean; children: string }) {
  return (
    <p className={`check-line ${good ? '' : 'check-bad'}`}>
      <span className="check-mark" aria-hidden="true">
        {good ? '✓' : '✗'}
      </span>
      <span>{children}</span>
    </p>
  );
}

function Result({ checked }: { checked: Checked }) {
  const { t } = useTexts();
  const { proof, rootOk, same, entryOk } = checked;
  const entriesOk = entryOk.every(Boolean);
  const good = rootOk && same && entriesOk;
  return (
    <Panel title={t('proof.result', { day: proof.root.day })}>
      <div className="paid-checks" role="status">
        <Alert type={good ? 'success' : 'error'} showIcon title={t(good ? 'proof.good' : 'proof.bad')} />
        <CheckLine good={rootOk}>{t('proof.rootHolds')}</CheckLine>
        <CheckLine good={same}>{t('proof.rootSame')}</CheckLine>
        {proof.entries.length > 0 ? (
          <CheckLine good={entriesOk}>{t('proof.entriesHold', { count: proof.entries.length })}</CheckLine>
        ) : (
          <p className="faint">{t('proof.nothing')}</p>
        )}
      </div>
      {proof.entries.length > 0 ? <Entries checked={checked} /> : null}
      <p style={{ marginTop: 12 }}>
        <button type="button" className="button button-small" onClick={() => download(proof)}>
          {t('proof.download')}
        </button>
      </p>
    </Panel>
  );
}

/** Places of an entry's fields in the sealed list. */
const AT = { instant: 6, kind: 3, account: 9, amount: 12, balance: 13 };

function Entries({ checked: { proof, entryOk } }: { checked: Checked }) {
  const { t } = useTexts();
  const field = (fields: string[], at: number) => fields[at] ?? '';
  return (
    <Table
      label={t('proof.entry')}
      empty=""
      rows={proof.entries.map((entry, at) => ({ ...entry, ok: entryOk[at] === true }))}
      rowKey={(entry) => entry.id}
      columns={[
        {
          title: t('billing.at'),
          keep: true,
          cell: ({ fields }) => <When at={field(fields, AT.instant)} parts="second" />,
        },
        { title: t('proof.kind'), cell: ({ fields }) => <code>{field(fields, AT.kind)}</code> },
        { title: t('proof.account'), cell: ({ fields }) => <code>{field(fields, AT.account)}</code> },
        {
          title: t('proof.amount'),
          end: true,
          keep: true,
          cell: ({ fields }) => microYuan(field(fields, AT.amount)),
        },
        {
          title: t('proof.balance'),
          end: true,
          keep: true,
          cell: ({ fields }) => microYuan(field(fields, AT.balance)),
        },
        { title: t('proof.path'), cell: ({ path }) => t('proof.pathSteps', { count: path.length }) },
        {
          title: t('proof.verdict'),
          cell: ({ ok }) => <Toned tone={ok ? 'good' : 'bad'}>{t(ok ? 'proof.holds' : 'proof.fails')}</Toned>,
        },
      ]}
    />
  );
}

function download(proof: Proof): void {
  const url = URL.createObjectURL(new Blob([JSON.stringify(proof, null, 2)], { type: 'application/json' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = `proof-${proof.root.day}.json`;
  link.click();
  URL.revokeObjectURL(url);
}
