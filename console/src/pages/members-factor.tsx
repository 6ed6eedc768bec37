import { useQuery } from '@tanstack/react-query';
import { askSecondFactor, secondFactorQuery } from '../api/members.ts';
import { useTexts } from '../i18n/texts.ts';
import { AskButton } from '../ui/ask.tsx';
import { Panel, useSession } from '../ui/kit.tsx';
import { QueryState } from '../ui/query-state.tsx';
import { Toned } from '../ui/state.tsx';

/** Whether everybody in the account has to show a second factor; its owner says so. */
export function SecondFactorRule() {
  const { t } = useTexts();
  const rule = useQuery(secondFactorQuery);
  const { role } = useSession();
  return (
    <Panel title={t('members.factor')} lead={t('members.factorLead')}>
      <QueryState query={rule}>
        {({ required, by_brand }) => (
          <p>
            <Toned tone={required ? 'good' : 'none'}>
              {t(by_brand ? 'members.factorByBrand' : required ? 'members.factorOn' : 'members.factorOff')}
            </Toned>{' '}
            {role === 'owner' && !by_brand ? (
              <AskButton
                label={t(required ? 'members.factorStop' : 'members.factorAsk')}
                text={t(required ? 'members.factorStopText' : 'members.factorAskText')}
                act={() => askSecondFactor(!required)}
                done={t('members.factorDone')}
                refresh={[secondFactorQuery.queryKey]}
              />
            ) : null}
          </p>
        )}
      </QueryState>
    </Panel>
  );
}
