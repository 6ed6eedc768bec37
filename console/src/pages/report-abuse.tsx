import { useSuspenseQuery } from '@tanstack/react-query';
import { reportAbuse } from '../api/cases.ts';
import { termsQuery } from '../api/queries.ts';
import { useTexts } from '../i18n/texts.ts';
import { AntdFrame } from '../ui/antd-frame.tsx';
import { AskButton } from '../ui/ask.tsx';
import { ClauseChip } from '../ui/clause.tsx';
import { Page, Panel, Quiet } from '../ui/kit.tsx';

/** What anybody may report, by the categories of the terms. */
export function ReportAbusePage() {
  const { t, pick } = useTexts();
  const { enforcement } = useSuspenseQuery(termsQuery).data.parameters;
  if (!enforcement) return <Quiet title={t('cases.report')} />;
  return (
    <AntdFrame>
      <div className="wide store-part">
        <Page title={t('cases.report')} lead={t('cases.reportLead')}>
          <Panel
            aside={
              <AskButton
                strong
                label={t('cases.report')}
                fields={[
                  { name: 'about', label: t('cases.about') },
                  {
                    name: 'category',
                    label: t('cases.category'),
                    kind: 'choice',
                    choices: enforcement.categories.map(({ id, name }) => ({ value: id, label: pick(name) })),
                  },
                  { name: 'text', label: t('cases.what'), kind: 'area' },
                  { name: 'reporter', label: t('cases.reporter') },
                ]}
                act={({ about = '', category = '', text = '', reporter = '' }) =>
                  reportAbuse({ about, category, text, reporter })
                }
                done={t('cases.handled')}
                refresh={[]}
              />
            }
            title={t('cases.category')}
          >
            <ul>
              {enforcement.categories.map(({ id, name, clause }) => (
                <li key={id}>
                  {pick(name)} <ClauseChip id={clause} />
                </li>
              ))}
            </ul>
          </Panel>
        </Page>
      </div>
    </AntdFrame>
  );
}
