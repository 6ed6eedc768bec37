import { useQuery } from '@tanstack/react-query';
import { askForAuthority } from '../api/authorities.ts';
import { disclosuresQuery } from '../api/disclosures.ts';
import { useTexts } from '../i18n/texts.ts';
import { AskButton } from '../ui/ask.tsx';
import { dayStart, useTimeFormat } from '../ui/time.tsx';

/** Asks for what an authority wants of a customer; another member of the staff approves it. */
export function AuthorityAsk({ customerId }: { customerId: string }) {
  const { t } = useTexts();
  const { zone } = useTimeFormat();
  const allowed = useQuery(disclosuresQuery(customerId)).data;
  const cases = allowed && allowed.cases.length > 0 ? allowed.cases : ['law'];
  return (
    <AskButton
      label={t('authorities.ask')}
      text={t('authorities.askText')}
      fields={[
        { name: 'authority', label: t('authorities.authority') },
        { name: 'document', label: t('authorities.document') },
        { name: 'article', label: t('authorities.article') },
        {
          name: 'case',
          label: t('disclosure.case'),
          kind: 'choice',
          choices: cases.map((value) => ({
            value,
            label: t(`disclosure.case-${value}` as 'disclosure.case-law'),
          })),
        },
        { name: 'from', label: t('authorities.from'), kind: 'date' },
        { name: 'to', label: t('authorities.to'), kind: 'date' },
        { name: 'untold', label: t('authorities.untold'), hint: t('authorities.untoldHint'), optional: true },
      ]}
      act={({ authority = '', document = '', article = '', from = '', to = '', untold = '', ...rest }) =>
        askForAuthority({
          id: customerId,
          authority,
          document,
          article,
          case: rest.case ?? 'law',
          kinds: ['account', 'logs'],
          from: dayStart(from, zone),
          to: dayStart(to, zone),
          untold_reason: untold.trim() || null,
        })
      }
      done={t('authorities.asked')}
      refresh={[
        ['staff', 'authorities'],
        ['staff', 'audit'],
      ]}
    />
  );
}
