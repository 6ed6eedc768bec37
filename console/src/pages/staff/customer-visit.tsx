import { visitCustomer } from '../../api/team.ts';
import { useTexts } from '../../i18n/texts.ts';
import { AskButton } from '../../ui/ask.tsx';
import { StaffNeeds } from '../../ui/staff-may.tsx';

/** Logs in as this customer and opens the console. */
export function CustomerVisit({ customerId }: { customerId: string }) {
  const { t } = useTexts();
  return (
    <StaffNeeds area="customers" does="write">
      <AskButton
        label={t('team.visit')}
        text={t('team.visitText')}
        fields={[
          { name: 'reason', label: t('team.reason') },
          {
            name: 'mode',
            label: t('team.visitMode'),
            kind: 'choice',
            initial: 'read',
            choices: [
              { value: 'read', label: t('team.visitReadsOnly') },
              { value: 'write', label: t('team.visitWrites') },
            ],
          },
        ]}
        act={async ({ reason = '', mode }) => {
          await visitCustomer(customerId, reason, mode === 'write');
          window.location.assign('/services');
        }}
        refresh={[]}
      />
    </StaffNeeds>
  );
}
