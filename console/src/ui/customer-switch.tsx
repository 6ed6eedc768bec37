import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { App, Select } from 'antd';
import { useAct } from '../api/client.ts';
import { ownCustomersQuery, standIn } from '../api/members.ts';
import { sessionQuery } from '../api/queries.ts';
import { useTexts } from '../i18n/texts.ts';
import { useSession } from './kit.tsx';
import { visitQuery } from './visit-banner.tsx';

/** In which of their accounts somebody stands; there is nothing to choose for who has one. */
export function CustomerSwitch() {
  const { t } = useTexts();
  const { message } = App.useApp();
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const { customer, role } = useSession();
  // Whoever is here in the customer's place stands in no other.
  const visit = useQuery(visitQuery).data;
  const items = useQuery({ ...ownCustomersQuery, enabled: visit?.visit === null }).data?.items ?? [];
  const act = useAct(standIn, {
    onSuccess: async () => {
      // Nothing of the account before may be seen in the next.
      queryClient.removeQueries({
        predicate: ({ queryKey }) =>
          !['brand', 'catalogue', 'terms', 'session'].includes(String(queryKey[0])),
      });
      await queryClient.fetchQuery({ ...sessionQuery, staleTime: 0 });
      void message.success(t('members.switched'));
      await navigate({ to: '/services' });
    },
  });
  if (items.length < 2)
    return role === 'owner' ? null : <div className="small">{t('members.of', { who: customer.shown })}</div>;
  return (
    <Select
      aria-label={t('members.standing')}
      size="small"
      style={{ width: '100%' }}
      value={customer.id}
      disabled={act.isPending}
      onChange={(id) => act.mutate(id)}
      options={items.map((each) => ({
        value: each.id,
        label: each.role === 'owner' ? t('members.own') : t('members.of', { who: each.shown }),
      }))}
    />
  );
}
