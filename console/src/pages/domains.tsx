import { useInfiniteQuery } from '@tanstack/react-query';
import { addDomain, type Domain, domainsQuery, proveDomain, removeDomain } from '../api/verification.ts';
import { useTexts } from '../i18n/texts.ts';
import { AskButton } from '../ui/ask.tsx';
import { CopyButton } from '../ui/copy.tsx';
import { Page, Panel } from '../ui/kit.tsx';
import { Toned } from '../ui/state.tsx';
import { PagedTable } from '../ui/table.tsx';
import { Filings } from './account-gates.tsx';

const REFRESH = [['domains'], ['filings'], ['gates']];

/** Which domains are the customer's, and what they are filed as. */
export function DomainsPage() {
  const { t } = useTexts();
  return (
    <Page title={t('domains.title')} lead={t('domains.lead')}>
      <div className="stack">
        <Panel
          title={t('domains.list')}
          aside={
            <AskButton
              label={t('domains.add')}
              fields={[{ name: 'domain', label: t('domains.domain'), hint: t('domains.hint') }]}
              act={({ domain = '' }, key) => addDomain(domain, key)}
              done={t('domains.added')}
              refresh={REFRESH}
            />
          }
        >
          <PagedTable
            query={useInfiniteQuery(domainsQuery)}
            label={t('domains.list')}
            empty={t('domains.empty')}
            rowKey={({ id }) => id}
            columns={[
              { title: t('domains.domain'), keep: true, cell: ({ shown }) => shown },
              { title: t('domains.state'), keep: true, cell: (row) => <State domain={row} /> },
              {
                title: t('domains.proof'),
                cell: (row) => (row.state === 'asked' || row.missing_since ? <Proof domain={row} /> : null),
              },
              {
                title: t('domains.remove'),
                end: true,
                cell: ({ id, shown, state }) =>
                  state === 'asked' || state === 'proven' ? (
                    <AskButton
                      label={t('domains.remove')}
                      name={t('domains.removeOf', { domain: shown })}
                      act={() => removeDomain(id)}
                      done={t('domains.removed')}
                      refresh={REFRESH}
                    />
                  ) : null,
              },
            ]}
          />
        </Panel>
        <Filings />
      </div>
    </Page>
  );
}

function State({ domain: { state, missing_since } }: { domain: Domain }) {
  const { t } = useTexts();
  const tone = { asked: 'busy', proven: 'good', lost: 'bad', withdrawn: 'none' } as const;
  if (missing_since && state === 'proven') return <Toned tone="warn">{t('domains.missing')}</Toned>;
  return <Toned tone={tone[state]}>{t(`domains.states.${state}`)}</Toned>;
}

function Proof({ domain }: { domain: Domain }) {
  const { t } = useTexts();
  const { proof, id, shown } = domain;
  if (!proof) return null;
  const prove = (method: 'dns' | 'file', how: string) => (
    <AskButton
      label={how}
      name={t('domains.verifyOf', { how, domain: shown })}
      act={() => proveDomain(id, method)}
      done={t('domains.proven')}
      refresh={REFRESH}
    />
  );
  return (
    <div className="stack small breakable">
      <div>
        {t('domains.byDns')} <code>{proof.dns.name}</code> <code>{proof.dns.text}</code>{' '}
        <CopyButton text={proof.dns.text} label={`${shown} TXT`} /> {prove('dns', t('domains.verifyDns'))}
      </div>
      <div>
        {t('domains.byFile')} <code>{proof.file.url}</code> <code>{proof.file.text}</code>{' '}
        {prove('file', t('domains.verifyFile'))}
      </div>
    </div>
  );
}
