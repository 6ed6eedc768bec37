import { useQuery } from '@tanstack/react-query';
import { customerAcceptancesQuery, recordAcceptance } from '../../api/terms.ts';
import { useTexts } from '../../i18n/texts.ts';
import { AskButton } from '../../ui/ask.tsx';
import { FileLink } from '../../ui/file-link.tsx';
import { Panel } from '../../ui/kit.tsx';
import { QueryState } from '../../ui/query-state.tsx';
import { Table } from '../../ui/table.tsx';
import { When } from '../../ui/time.tsx';

/** What a customer accepted, and recording what was accepted outside the console. */
export function CustomerAcceptances({ id }: { id: string }) {
  const { t } = useTexts();
  const acceptances = useQuery(customerAcceptancesQuery(id));
  const refresh = [['staff', 'customer', id]];
  return (
    <Panel
      title={t('account.acceptances')}
      aside={
        <>
          <AskButton
            label={t('revisions.recordPaper')}
            text={t('revisions.recordText')}
            fields={[
              {
                name: 'file',
                label: t('revisions.file'),
                kind: 'file',
                accept: '.pdf,.png,.jpg,.jpeg',
              },
            ]}
            act={({ file = '' }, key) =>
              recordAcceptance({ id, body: { method: 'signed-paper', file } }, key)
            }
            done={t('revisions.recorded')}
            refresh={refresh}
          />{' '}
          <AskButton
            label={t('revisions.recordOther')}
            text={t('revisions.recordText')}
            fields={[{ name: 'words', label: t('revisions.words'), kind: 'area' }]}
            act={({ words = '' }, key) =>
              recordAcceptance({ id, body: { method: 'other-agreed', words } }, key)
            }
            done={t('revisions.recorded')}
            refresh={refresh}
          />{' '}
          <FileLink path={`/staff/customers/${id}/acceptances/pdf`} name={t('revisions.record')} />
        </>
      }
    >
      <QueryState query={acceptances}>
        {({ items }) => (
          <Table
            label={t('account.acceptances')}
            empty={t('account.acceptancesEmpty')}
            rows={items}
            rowKey={(each) => each.id}
            columns={[
              { title: t('account.version'), keep: true, cell: (each) => each.version },
              { title: t('revisions.how'), cell: (each) => t(`revisions.methods.${each.method}`) },
              {
                title: t('revisions.evidence'),
                cell: (each) =>
                  each.file ? (
                    <FileLink
                      path={`/staff/customers/${id}/acceptances/${each.id}/file`}
                      name={`${t('revisions.scan')} ${each.version}`}
                      label={t('revisions.scan')}
                    />
                  ) : (
                    (each.evidence ?? '—')
                  ),
              },
              { title: t('account.acceptedAt'), cell: (each) => <When at={each.at} parts="second" /> },
              { title: t('account.ip'), cell: (each) => <code>{each.ip ?? '—'}</code> },
            ]}
          />
        )}
      </QueryState>
    </Panel>
  );
}
