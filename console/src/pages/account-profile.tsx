import { queryOptions, useQuery } from '@tanstack/react-query';
import { answer, api } from '../api/client.ts';
import { useTexts } from '../i18n/texts.ts';
import { AskButton } from '../ui/ask.tsx';
import { Facts, Panel } from '../ui/kit.tsx';
import { Needs } from '../ui/may.tsx';
import { QueryState } from '../ui/query-state.tsx';

const FIELDS = [
  'full_name',
  'address',
  'nationality',
  'province',
  'city',
  'time_zone',
  'postcode',
  'fax',
  'homepage',
  'job_title',
] as const;
const HINTED: readonly string[] = ['nationality', 'time_zone'];

const profileQuery = queryOptions({
  queryKey: ['profile'],
  queryFn: () => answer(api.GET('/api/v1/account/profile')),
});

/** What the customer says of itself: all of it optional, and gone when it is emptied. */
export function OwnProfile() {
  const { t } = useTexts();
  return (
    <Panel title={t('profile.title')} lead={t('profile.lead')}>
      <QueryState query={useQuery(profileQuery)}>
        {(profile) => (
          <>
            <Facts
              items={FIELDS.filter((name) => profile[name]).map((name) => [
                t(`profile.${name}`),
                profile[name],
              ])}
            />
            <Needs area="people" does="write" quiet>
              <AskButton
                label={t('profile.edit')}
                fields={FIELDS.map((name) => ({
                  name,
                  label: t(`profile.${name}`),
                  optional: true,
                  initial: profile[name] ?? '',
                  ...(HINTED.includes(name) ? { hint: t(`profile.hint_${name as 'time_zone'}`) } : {}),
                }))}
                act={(values) => {
                  const said = (name: (typeof FIELDS)[number]) => values[name]?.trim() || null;
                  const body = Object.fromEntries(FIELDS.map((name) => [name, said(name)]));
                  return answer(api.PUT('/api/v1/account/profile', { body }));
                }}
                done={t('profile.done')}
                refresh={[profileQuery.queryKey, ['privacy']]}
              />
            </Needs>
          </>
        )}
      </QueryState>
    </Panel>
  );
}
