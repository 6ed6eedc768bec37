import { useInfiniteQuery } from '@tanstack/react-query';
import { type AuthorityRequest, authorityRequestsQuery, takeAuthorityFile } from '../../api/authorities.ts';
import { useTexts } from '../../i18n/texts.ts';
import { AskButton } from '../../ui/ask.tsx';
import { Page, Panel } from '../../ui/kit.tsx';
import { saveFile } from '../../ui/save-file.ts';
import { Toned } from '../../ui/state.tsx';
import { PagedTable } from '../../ui/table.tsx';
import { When } from '../../ui/time.tsx';
import { CustomerLink } from './customer-link.tsx';

/** What authorities asked for: asked on a customer's page, approved by a second person, had here once. */
export function AuthoritiesPage() {
  const { t } = useTexts();
  return (
    <Page title={t('authorities.title')} lead={t('authorities.lead')}>
      <Panel>
        <PagedTable
          query={useInfiniteQuery(authorityRequestsQuery)}
          label={t('authorities.title')}
          empty={t('authorities.empty')}
          rowKey={({ id }) => id}
          columns={[
            { title: t('authorities.at'), cell: (row) => <When at={row.requested_at} /> },
            { title: t('authorities.customer'), cell: (row) => <CustomerLink id={row.customer_id} /> },
            { title: t('authorities.authority'), keep: true, cell: ({ authority }) => authority },
            { title: t('authorities.document'), keep: true, cell: ({ document }) => document },
            { title: t('authorities.article'), cell: ({ article }) => article },
            {
              title: t('authorities.span'),
              cell: (row) => (
                <>
                  <When at={row.from} parts="date" /> – <When at={row.to} parts="date" />
                </>
              ),
            },
            {
              title: t('authorities.told'),
              cell: ({ untold_reason }) => untold_reason ?? t('authorities.isTold'),
            },
            { title: t('authorities.state'), keep: true, cell: (row) => <State of={row} /> },
            { title: t('authorities.file'), end: true, cell: (row) => <Take request={row} /> },
          ]}
        />
      </Panel>
    </Page>
  );
}

function State({ of: { state, expires_at } }: { of: AuthorityRequest }) {
  const { t } = useTexts();
  const tone = {
    waiting: 'busy',
    refused: 'bad',
    ready: 'good',
    downloaded: 'none',
    lapsed: 'warn',
  } as const;
  return (
    <>
      <Toned tone={tone[state]}>{t(`authorities.states.${state}`)}</Toned>
      {state === 'ready' && expires_at ? (
        <span className="faint small">
          {' '}
          {t('authorities.until')} <When at={expires_at} />
        </span>
      ) : null}
    </>
  );
}

function Take({ request }: { request: AuthorityRequest }) {
  const { t } = useTexts();
  if (request.state !== 'ready') return null;
  return (
    <AskButton
      label={t('authorities.take')}
      name={t('authorities.takeOf', { document: request.document })}
      text={t(request.untold_reason ? 'authorities.takeUntold' : 'authorities.takeText')}
      act={async () => saveFile(`${request.id}.zip`, await takeAuthorityFile(request.id))}
      done={t('authorities.taken')}
      refresh={[['staff', 'authorities']]}
    />
  );
}
