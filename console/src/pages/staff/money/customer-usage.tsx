import { useQuery } from '@tanstack/react-query';
import { ApiProblem } from '../../../api/problem.ts';
import { closeSubject, correctUsage, openSubject, subjectsQuery } from '../../../api/staff-money.ts';
import { useTexts } from '../../../i18n/texts.ts';
import { AskButton } from '../../../ui/ask.tsx';
import { Panel } from '../../../ui/kit.tsx';
import { QueryState } from '../../../ui/query-state.tsx';
import { StaffNeeds } from '../../../ui/staff-may.tsx';
import { Table } from '../../../ui/table.tsx';
import { useTimeFormat, When } from '../../../ui/time.tsx';
import { wallInstant } from '../../../ui/wall-instant.ts';

/** What of a customer is metered (a domain, a bucket), from when to when, and corrections of what was measured. */
export function CustomerUsage({ customerId }: { customerId: string }) {
  const { t } = useTexts();
  const refresh = [['staff', 'usage-subjects', customerId]];
  return (
    <Panel
      title={t('desk.subjects')}
      aside={
        <AskButton
          label={t('desk.openSubject')}
          fields={[
            { name: 'product', label: t('desk.product') },
            { name: 'name', label: t('desk.subject') },
          ]}
          act={({ product = '', name = '' }, key) =>
            openSubject({ product, name, customer_id: customerId }, key)
          }
          done={t('desk.done')}
          refresh={refresh}
        />
      }
    >
      <QueryState query={useQuery(subjectsQuery(customerId))}>
        {({ items }) => (
          <Table
            label={t('desk.subjects')}
            empty={t('desk.emptySubjects')}
            rows={items}
            rowKey={(row) => `${row.product} ${row.name} ${row.opened_at}`}
            columns={[
              { title: t('desk.subject'), cell: (row) => <code>{row.name}</code> },
              { title: t('usage.product'), cell: (row) => row.product },
              { title: t('desk.since'), keep: true, cell: (row) => <When at={row.opened_at} /> },
              {
                title: t('desk.until'),
                keep: true,
                cell: (row) => (row.closed_at ? <When at={row.closed_at} /> : ''),
              },
              {
                title: t('desk.act'),
                end: true,
                cell: ({ product, name, closed_at }) => (
                  <span className="acts">
                    <StaffNeeds area="money">
                      <Correct product={product} subject={name} />
                    </StaffNeeds>
                    {closed_at ? null : (
                      <AskButton
                        danger
                        label={t('desk.closeSubject')}
                        name={`${t('desk.closeSubject')} ${name}`}
                        text={t('desk.closeSubjectText')}
                        act={(_, key) => closeSubject({ product, name }, key)}
                        done={t('desk.done')}
                        refresh={refresh}
                      />
                    )}
                  </span>
                ),
              },
            ]}
          />
        )}
      </QueryState>
    </Panel>
  );
}

function Correct({ product, subject }: { product: string; subject: string }) {
  const { t } = useTexts();
  const { zone } = useTimeFormat();
  return (
    <AskButton
      label={t('desk.correct')}
      name={`${t('desk.correct')} ${subject}`}
      text={t('desk.correctText')}
      fields={[
        { name: 'meter', label: t('desk.meter') },
        { name: 'at', label: t('desk.correctAt'), hint: t('desk.correctAtHint') },
        { name: 'quantity', label: t('desk.quantity') },
        { name: 'reason', label: t('desk.reason'), hint: t('desk.recorded') },
      ]}
      act={({ meter = '', at = '', quantity = '', reason = '' }, key) => {
        const instant = wallInstant(at, zone);
        const message = t('desk.correctAtHint');
        if (!instant)
          throw new ApiProblem(400, {
            code: 'invalid-input',
            title: message,
            errors: [{ field: 'at', message }],
          });
        return correctUsage({ product, meter, subject, at: instant, quantity, reason }, key);
      }}
      done={t('desk.done')}
      refresh={[['staff', 'held-readings']]}
    />
  );
}
