import { queryOptions, useQuery } from '@tanstack/react-query';
import { answer, api, useAct } from '../api/client.ts';
import { useTexts } from '../i18n/texts.ts';
import { ActButton } from './act-button.tsx';
import './visit-banner.css';

export const visitQuery = queryOptions({
  queryKey: ['visit'],
  queryFn: () => answer(api.GET('/api/v1/visit')),
  staleTime: 60_000,
});

/** On every page of a console that staff have opened in a customer's place: who, why, and the way out. */
export function VisitBanner() {
  const { t } = useTexts();
  const visit = useQuery(visitQuery).data?.visit;
  const leave = useAct(() => answer(api.POST('/api/v1/visit/end')), {
    onSuccess: () => window.location.assign('/staff/customers'),
  });
  if (!visit) return null;
  return (
    <div className="visit-banner" role="alert">
      <span>
        {t('team.visitBanner', { staff: visit.staff, reason: visit.reason })} (
        {t(visit.writes ? 'team.visitBannerWrites' : 'team.visitBannerReads')})
      </span>
      <ActButton size="small" busy={leave.isPending} onClick={() => leave.mutate(undefined)}>
        {t('team.leave')}
      </ActButton>
    </div>
  );
}
