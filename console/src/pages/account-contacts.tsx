import { useQuery, useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { App, Checkbox } from 'antd';
import { useAct } from '../api/client.ts';
import {
  type Contact,
  type ContactFault,
  contactFaultsQuery,
  contactsQuery,
  preferencesQuery,
  removeContact,
  setPreference,
  stateContact,
  type Topic,
} from '../api/notices.ts';
import { brandQuery, sessionQuery } from '../api/queries.ts';
import { ContactSet } from '../forms/contact-set.tsx';
import { useTexts } from '../i18n/texts.ts';
import { AskButton } from '../ui/ask.tsx';
import { Facts, Panel, SandboxNote } from '../ui/kit.tsx';
import { ProblemAlert } from '../ui/problem-alert.tsx';
import { QueryState } from '../ui/query-state.tsx';
import { Toned } from '../ui/state.tsx';
import { useTimeFormat, When } from '../ui/time.tsx';

const REFRESH = [contactsQuery.queryKey, sessionQuery.queryKey];
const KINDS = ['email', 'phone', 'qq', 'wechat'] as const;

/** How the customer is reached, what of it reaches nobody, and until when that is to be corrected. */
export function Contacts() {
  const { t } = useTexts();
  const { sandbox } = useSuspenseQuery(brandQuery).data;
  const contacts = useQuery(contactsQuery);
  return (
    <Panel title={t('contacts.title')} lead={t('contacts.lead')}>
      {sandbox.sms ? (
        <SandboxNote>
          {t('contacts.sandbox')} <Link to="/dev/mailbox">{t('mailbox.title')}</Link>
        </SandboxNote>
      ) : null}
      <Faults />
      <QueryState query={contacts}>
        {({ items }) => (
          <Facts
            items={KINDS.map((kind) => [
              t(`contacts.${kind}`),
              <ContactLine key={kind} kind={kind} contact={items.find((each) => each.kind === kind)} />,
            ])}
          />
        )}
      </QueryState>
    </Panel>
  );
}

function ContactLine({ kind, contact }: { kind: Contact['kind']; contact: Contact | undefined }) {
  const { t } = useTexts();
  const { instant } = useTimeFormat();
  const label = t(contact ? 'contacts.change' : 'contacts.set');
  const name = `${label} ${t(`contacts.${kind}`)}`;
  return (
    <>
      {contact ? <span>{contact.shown}</span> : <span className="faint">{t('contacts.none')}</span>}{' '}
      {contact?.invalid_at ? (
        <Toned tone="bad">{t('contacts.invalid', { at: instant(contact.invalid_at) })}</Toned>
      ) : contact ? (
        <span className="faint small">{t(contact.verified ? 'contacts.verified' : 'contacts.stated')}</span>
      ) : null}{' '}
      {kind === 'email' || kind === 'phone' ? (
        <ContactSet kind={kind} label={label} name={name} refresh={REFRESH} />
      ) : (
        <AskButton
          label={label}
          name={name}
          fields={[{ name: 'value', label: t(`contacts.${kind}`) }]}
          act={({ value = '' }) => stateContact({ kind, value })}
          done={t('contacts.saved')}
          refresh={REFRESH}
        />
      )}{' '}
      {contact && kind !== 'email' ? (
        <AskButton
          label={t('contacts.remove')}
          name={`${t('contacts.remove')} ${t(`contacts.${kind}`)}`}
          text={t('contacts.removeText')}
          act={() => removeContact({ kind })}
          refresh={REFRESH}
        />
      ) : null}
    </>
  );
}

function Faults() {
  const faults = useQuery(contactFaultsQuery).data?.items ?? [];
  return faults
    .filter(({ state }) => state !== 'corrected')
    .map((fault) => <Fault key={fault.id} fault={fault} />);
}

function Fault({ fault }: { fault: ContactFault }) {
  const { t } = useTexts();
  return (
    <p className="note" role="alert">
      {t('contacts.fault', { kind: t(`contacts.${fault.kind}`), shown: fault.shown })}{' '}
      {fault.state === 'overdue' ? (
        t('contacts.overdue')
      ) : fault.correct_by ? (
        <>
          {t('contacts.correctBy')} <When at={fault.correct_by} />
        </>
      ) : (
        t('contacts.noDeadline')
      )}
    </p>
  );
}

/** What also comes by mail; what the terms ask for isn't asked about. */
export function Preferences() {
  const { t, locale } = useTexts();
  const { message } = App.useApp();
  const queryClient = useQueryClient();
  const preferences = useQuery(preferencesQuery);
  const names: Record<string, string> = t('preferences.notices', { returnObjects: true });
  const between = locale === 'zh' ? '、' : ', ';
  const named = (kinds: string[]) =>
    kinds.length === 0
      ? t('preferences.allOthers')
      : [...new Set(kinds.map((kind) => names[kind] ?? kind))].join(between);
  const set = useAct(setPreference, {
    onSuccess: () => {
      void message.success(t('preferences.saved'));
      return queryClient.invalidateQueries({ queryKey: preferencesQuery.queryKey });
    },
  });
  return (
    <Panel title={t('preferences.title')} lead={t('preferences.lead')}>
      {set.error ? <ProblemAlert error={set.error} /> : null}
      <QueryState query={preferences}>
        {({ items, required }) => (
          <>
            <Facts
              items={items.map(({ topic, ...ways }) => [
                t(`preferences.${topic satisfies Topic}`),
                <span key={topic}>
                  {(['email', 'sms'] as const).map((way) => (
                    <Checkbox
                      key={way}
                      aria-label={`${t(`preferences.${topic satisfies Topic}`)}: ${t(`preferences.${way}`)}`}
                      checked={
                        set.isPending && set.variables.topic === topic ? set.variables[way] : ways[way]
                      }
                      disabled={set.isPending}
                      onChange={({ target }) => set.mutate({ topic, ...ways, [way]: target.checked })}
                    >
                      {t(`preferences.${way}`)}
                    </Checkbox>
                  ))}
                </span>,
              ])}
            />
            {required.length > 0 ? (
              <section className="facts-more" aria-label={t('preferences.required')}>
                <h3>{t('preferences.required')}</h3>
                <ul className="small soft">
                  {required.map(({ clause, channels, kinds }) => (
                    <li key={`${clause} ${kinds.join()}`}>
                      {t('preferences.requiredBy', {
                        clause,
                        notices: named(kinds),
                        channels: channels
                          .map((channel) =>
                            t(`preferences.channels.${channel}` as 'preferences.channels.email'),
                          )
                          .join(between),
                      })}
                    </li>
                  ))}
                </ul>
              </section>
            ) : null}
          </>
        )}
      </QueryState>
    </Panel>
  );
}
