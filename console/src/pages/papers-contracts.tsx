import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Alert } from 'antd';
import { useState } from 'react';
import { useAct } from '../api/client.ts';
import {
  type Contract,
  contractsQuery,
  invoicesQuery,
  requestContract,
  type SealCheck,
  titlesQuery,
  verifyContract,
} from '../api/papers.ts';
import { useTexts } from '../i18n/texts.ts';
import { ActButton } from '../ui/act-button.tsx';
import { AskButton } from '../ui/ask.tsx';
import { FileField } from '../ui/file-field.tsx';
import { FileLink } from '../ui/file-link.tsx';
import { yuan } from '../ui/format.ts';
import { Facts } from '../ui/kit.tsx';
import { ProblemAlert } from '../ui/problem-alert.tsx';
import { Toned } from '../ui/state.tsx';
import { PagedTable } from '../ui/table.tsx';
import { When } from '../ui/time.tsx';

/** 合同: application, the sealed file, and the check of any file. */
export function ContractsTab() {
  const { t } = useTexts();
  return (
    <div className="stack">
      <p className="soft">{t('papers.contractLead')}</p>
      <ContractApply />
      <ContractList />
      <ContractVerify />
    </div>
  );
}

function ContractApply() {
  const { t } = useTexts();
  const invoices = useInfiniteQuery(invoicesQuery).data?.pages.flatMap((page) => page.items) ?? [];
  const titles = useQuery(titlesQuery).data?.items ?? [];
  const orders = invoices.filter(({ kind }) => kind === 'order');
  if (titles.length === 0) return <p className="faint">{t('papers.needTitle')}</p>;
  return (
    <p>
      <AskButton
        strong
        label={t('papers.contractApply')}
        disabled={orders.length === 0}
        fields={[
          {
            name: 'invoice_id',
            label: t('papers.contractInvoice'),
            kind: 'choice',
            choices: orders.map(({ id, number, amount }) => ({
              value: id,
              label: `${number} · ${yuan(amount)}`,
            })),
          },
          {
            name: 'title_id',
            label: t('papers.party'),
            kind: 'choice',
            choices: titles.map(({ id, name }) => ({ value: id, label: name })),
          },
        ]}
        act={({ invoice_id = '', title_id = '' }, key) => requestContract({ invoice_id, title_id }, key)}
        done={t('papers.contractApplied')}
        refresh={[['contracts']]}
      />
    </p>
  );
}

const CONTRACT_TONES = { requested: 'busy', approved: 'busy', refused: 'bad', sealed: 'good' } as const;

export function ContractStateTag({ state }: { state: Contract['state'] }) {
  const { t } = useTexts();
  return <Toned tone={CONTRACT_TONES[state]}>{t(`contractState.${state}`)}</Toned>;
}

function ContractList() {
  const { t } = useTexts();
  return (
    <PagedTable
      query={useInfiniteQuery({ ...contractsQuery, refetchInterval: 15_000 })}
      label={t('papers.contracts')}
      empty={t('papers.emptyContracts')}
      rowKey={(row) => row.id}
      columns={[
        { title: t('papers.number'), keep: true, cell: (row) => <code>{row.number}</code> },
        { title: t('papers.about'), cell: (row) => t('papers.ofOrder', { number: row.order_number }) },
        { title: t('papers.party'), cell: (row) => row.party },
        { title: t('papers.termsVersion'), keep: true, cell: (row) => row.terms_version },
        {
          title: t('papers.state'),
          cell: (row) => (
            <>
              <ContractStateTag state={row.state} />
              {row.reason ? <div className="faint small">{row.reason}</div> : null}
            </>
          ),
        },
        {
          title: t('papers.sealed'),
          keep: true,
          cell: (row) => (row.sealed_at ? <When at={row.sealed_at} /> : ''),
        },
        { title: t('papers.amount'), end: true, keep: true, cell: (row) => yuan(row.amount) },
        {
          title: t('papers.pdf'),
          end: true,
          cell: (row) =>
            row.state === 'sealed' ? (
              <FileLink path={`/contracts/${row.id}/pdf`} name={t('papers.pdfOf', { number: row.number })} />
            ) : null,
        },
      ]}
    />
  );
}

const WHY = {
  unsigned: 'unsigned',
  altered: 'altered',
  'added-to': 'addedTo',
  unreadable: 'unreadable',
  'foreign-certificate': 'foreignCertificate',
} as const;

function ContractVerify() {
  const { t } = useTexts();
  const [file, setFile] = useState<string>();
  const check = useAct(verifyContract);
  return (
    <section aria-label={t('papers.verify')}>
      <h3>{t('papers.verify')}</h3>
      <p className="soft small">{t('papers.verifyLead')}</p>
      <div className="line-filter" style={{ marginTop: 8 }}>
        <FileField
          accept="application/pdf"
          aria-label={t('papers.verifyFile')}
          onChange={(content) => {
            check.reset();
            setFile(content);
          }}
        />
        <ActButton disabled={!file} busy={check.isPending} onClick={() => file && check.mutate({ file })}>
          {t('papers.verify')}
        </ActButton>
      </div>
      {check.error ? <ProblemAlert error={check.error} /> : null}
      {check.data ? <Seal found={check.data} /> : null}
    </section>
  );
}

function Seal({ found }: { found: SealCheck }) {
  const { t } = useTexts();
  return (
    <div role="status" className="stack">
      <Alert
        type={found.genuine ? 'success' : 'error'}
        showIcon
        title={t(found.genuine ? 'papers.genuine' : 'papers.notGenuine')}
        description={found.why ? t(`papers.why.${WHY[found.why]}`) : null}
      />
      {found.signer ? (
        <Facts
          items={[
            [t('papers.number'), found.number ?? '—'],
            [t('papers.signer'), found.signer],
            [
              t('papers.signedAt'),
              found.signed_at ? <When key="at" at={found.signed_at} parts="second" /> : '—',
            ],
            [
              t('papers.certificate'),
              <span key="certificate" className="hash">
                {found.certificate}
              </span>,
            ],
          ]}
        />
      ) : null}
    </div>
  );
}
