import { useState } from 'react';
import { askPrivacyOutside, type Certificate, readCertificate } from '../api/privacy.ts';
import { useTexts } from '../i18n/texts.ts';
import { AntdFrame } from '../ui/antd-frame.tsx';
import { AskButton } from '../ui/ask.tsx';
import { Facts, Page, Panel } from '../ui/kit.tsx';
import { Table } from '../ui/table.tsx';
import { When } from '../ui/time.tsx';

const KINDS = ['copy', 'correct', 'delete', 'restrict', 'other'] as const;

/** For people without an account: requests about what they left here, and certificates of accounts that are gone. */
export function PrivacyOutsidePage() {
  const { t } = useTexts();
  const [certificate, setCertificate] = useState<Certificate | null>(null);
  return (
    <AntdFrame>
      <div className="wide store-part">
        <Page title={t('privacy.title')}>
          <div className="stack">
            <Panel
              title={t('privacy.stranger')}
              lead={t('privacy.strangerLead')}
              aside={
                <AskButton
                  strong
                  label={t('privacy.ask')}
                  fields={[
                    {
                      name: 'kind',
                      label: t('privacy.kind'),
                      kind: 'choice',
                      choices: KINDS.map((value) => ({ value, label: t(`privacy.kinds.${value}`) })),
                    },
                    { name: 'contact', label: t('privacy.contact') },
                    { name: 'text', label: t('privacy.text'), kind: 'area' },
                  ]}
                  act={({ kind, contact = '', text = '' }) =>
                    askPrivacyOutside({ kind: KINDS.find((each) => each === kind) ?? 'other', contact, text })
                  }
                  done={t('privacy.asked')}
                  refresh={[]}
                />
              }
            >
              <p className="faint small">{t('privacy.answeredIn')}</p>
            </Panel>
            <Panel
              title={t('privacy.certificate')}
              lead={t('privacy.certificateLead')}
              aside={
                <AskButton
                  label={t('privacy.certificateRead')}
                  fields={[
                    { name: 'number', label: t('privacy.number') },
                    { name: 'code', label: t('privacy.code') },
                  ]}
                  act={async ({ number = '', code = '' }) =>
                    setCertificate(await readCertificate({ number, code }))
                  }
                  refresh={[]}
                />
              }
            >
              {certificate ? <CertificateShown certificate={certificate} /> : null}
            </Panel>
          </div>
        </Page>
      </div>
    </AntdFrame>
  );
}

function CertificateShown({ certificate }: { certificate: Certificate }) {
  const { t, pick } = useTexts();
  return (
    <>
      <Facts
        items={[
          [t('privacy.number'), <code key="number">{certificate.number}</code>],
          [t('privacy.issued'), <When key="issued" at={certificate.issued_at} />],
          [t('privacy.hash'), <code key="hash">{certificate.sha256}</code>],
        ]}
      />
      <h3 style={{ marginTop: 16 }}>{t('privacy.erased')}</h3>
      <ul>
        {certificate.erased.map(({ table, name, rows }) => (
          <li key={table}>
            {pick(name)} ({rows})
          </li>
        ))}
      </ul>
      <h3 style={{ marginTop: 16 }}>{t('privacy.keptBy')}</h3>
      <Table
        label={t('privacy.keptBy')}
        empty={t('privacy.none')}
        rows={certificate.kept}
        rowKey={({ table }) => table}
        columns={[
          { title: t('privacy.what'), keep: true, cell: ({ name, rows }) => `${pick(name)} (${rows})` },
          { title: t('privacy.law'), cell: ({ law }) => pick(law) },
          { title: t('privacy.until'), keep: true, cell: ({ until }) => <When at={until} parts="date" /> },
        ]}
      />
    </>
  );
}
