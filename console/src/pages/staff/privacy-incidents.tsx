import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import {
  agreeIncident,
  closeIncident,
  type Incident,
  type IncidentBody,
  incidentPeopleQuery,
  incidentsQuery,
  recordIncident,
  tellAuthority,
  tellIncident,
} from '../../api/privacy.ts';
import { useTexts } from '../../i18n/texts.ts';
import { AskButton } from '../../ui/ask.tsx';
import { Panel } from '../../ui/kit.tsx';
import { QueryState } from '../../ui/query-state.tsx';
import { Toned } from '../../ui/state.tsx';
import { PagedTable } from '../../ui/table.tsx';
import { When } from '../../ui/time.tsx';

const CATEGORIES = [
  'account',
  'contacts',
  'sign-in',
  'verification',
  'services',
  'money',
  'agreements',
  'messages',
  'cases',
  'records',
] as const satisfies IncidentBody['categories'];
const REFRESH = [['staff', 'incidents']];

/** Incidents with personal data: recorded by one, agreed by another, told, closed. */
export function Incidents() {
  const { t } = useTexts();
  return (
    <Panel title={t('privacy.incidents.title')} lead={t('privacy.incidents.lead')} aside={<Record />}>
      <PagedTable
        query={useInfiniteQuery(incidentsQuery)}
        label={t('privacy.incidents.title')}
        empty={t('privacy.none')}
        rowKey={({ id }) => id}
        columns={[
          { title: t('privacy.incidents.found'), cell: (row) => <When at={row.found_at} /> },
          { title: t('privacy.what'), keep: true, cell: ({ title }) => title },
          {
            title: t('privacy.incidents.due'),
            keep: true,
            cell: ({ due_at, late }) => (
              <>
                <When at={due_at} /> {late ? <Toned tone="bad">{t('privacy.incidents.late')}</Toned> : null}
              </>
            ),
          },
          {
            title: t('privacy.state'),
            keep: true,
            cell: ({ state }) => t(`privacy.incidents.states.${state}`),
          },
          {
            title: t('privacy.incidents.tell'),
            cell: ({ id, state }) => (state === 'told' || state === 'closed' ? <People id={id} /> : null),
          },
          {
            title: t('privacy.incidents.authorityName'),
            cell: (row) => row.authority && `${row.authority} ${row.authority_reference}`,
          },
          { title: t('privacy.answer'), end: true, cell: (row) => <Acts incident={row} /> },
        ]}
      />
    </Panel>
  );
}

function People({ id }: { id: string }) {
  const { t } = useTexts();
  return (
    <QueryState query={useQuery(incidentPeopleQuery(id))}>
      {({ items }) =>
        t('privacy.incidents.people', {
          told: items.filter(({ told_at }) => told_at !== null).length,
          all: items.length,
        })
      }
    </QueryState>
  );
}

function Record() {
  const { t } = useTexts();
  const instant = t('privacy.incidents.instant');
  return (
    <AskButton
      label={t('privacy.incidents.record')}
      fields={[
        { name: 'title', label: t('privacy.incidents.name') },
        { name: 'happened', label: t('privacy.incidents.happened'), kind: 'area' },
        { name: 'from', label: t('privacy.incidents.from'), hint: instant },
        { name: 'to', label: t('privacy.incidents.to'), optional: true, hint: instant },
        { name: 'found', label: t('privacy.incidents.found'), hint: instant },
        {
          name: 'category',
          label: t('privacy.incidents.categories'),
          kind: 'choice',
          choices: CATEGORIES.map((value) => ({ value, label: value })),
        },
        { name: 'effects_zh', label: t('privacy.incidents.effectsZh'), kind: 'area' },
        { name: 'effects_en', label: t('privacy.incidents.effectsEn'), kind: 'area' },
        { name: 'remedy_zh', label: t('privacy.incidents.remedyZh'), kind: 'area' },
        { name: 'remedy_en', label: t('privacy.incidents.remedyEn'), kind: 'area' },
        { name: 'customers', label: t('privacy.incidents.customers'), kind: 'area', optional: true },
      ]}
      act={(given, key) => recordIncident(bodyOf(given), key)}
      done={t('privacy.incidents.recorded')}
      refresh={REFRESH}
    />
  );
}

function bodyOf(given: Record<string, string>): IncidentBody {
  const { title = '', happened = '', from = '', to, found = '', category, customers } = given;
  const ids = (customers ?? '').split(/\s+/).filter(Boolean);
  const { effects_zh = '', effects_en = '', remedy_zh = '', remedy_en = '' } = given;
  return {
    title,
    happened,
    from_at: utc(from),
    to_at: to ? utc(to) : null,
    found_at: utc(found),
    categories: CATEGORIES.filter((each) => each === category),
    effects: { zh: effects_zh, en: effects_en },
    remedy: { zh: remedy_zh, en: remedy_en },
    customer_ids: ids.length > 0 ? ids : null,
  };
}

/** "2026-03-01 12:00" in UTC; what isn't that goes as it is, and the server says so. */
function utc(text: string): string {
  const [, day, time] = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d)$/.exec(text.trim()) ?? [];
  return day ? `${day}T${time}:00.000Z` : text;
}

function Acts({ incident }: { incident: Incident }) {
  const { t } = useTexts();
  const { id, state, authority, untold_reason: untold } = incident;
  if (state === 'closed') return null;
  if (state === 'asked')
    return (
      <span className="acts">
        <AskButton
          label={t('privacy.incidents.agree')}
          act={() => agreeIncident(id, null)}
          done={t('privacy.incidents.agreed')}
          refresh={REFRESH}
        />
        <AskButton
          label={t('privacy.incidents.agreeUntold')}
          fields={[{ name: 'reason', label: t('privacy.incidents.untold'), kind: 'area' }]}
          act={({ reason = '' }) => agreeIncident(id, reason)}
          done={t('privacy.incidents.agreed')}
          refresh={REFRESH}
        />
      </span>
    );
  return (
    <span className="acts">
      {state === 'agreed' && untold === null ? (
        <AskButton
          label={t('privacy.incidents.tell')}
          act={() => tellIncident(id)}
          done={t('privacy.incidents.told')}
          refresh={REFRESH}
        />
      ) : null}
      {authority === null ? (
        <AskButton
          label={t('privacy.incidents.authority')}
          fields={[
            { name: 'authority', label: t('privacy.incidents.authorityName') },
            { name: 'reference', label: t('privacy.incidents.reference') },
          ]}
          act={({ authority: name = '', reference = '' }) =>
            tellAuthority(id, { authority: name, reference })
          }
          done={t('privacy.incidents.authorityTold')}
          refresh={REFRESH}
        />
      ) : (
        <AskButton
          label={t('privacy.incidents.close')}
          act={() => closeIncident(id)}
          done={t('privacy.incidents.closed')}
          refresh={REFRESH}
        />
      )}
    </span>
  );
}
