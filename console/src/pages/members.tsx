import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import {
  type Invitation,
  invitationsQuery,
  leaveCustomer,
  type Member,
  membersQuery,
  removeMember,
  withdrawInvitation,
} from '../api/members.ts';
import { sessionQuery } from '../api/queries.ts';
import { MemberGive } from '../forms/member-give.tsx';
import { useTexts } from '../i18n/texts.ts';
import { AskButton } from '../ui/ask.tsx';
import { Page, Panel, useSession } from '../ui/kit.tsx';
import { Needs, useMay } from '../ui/may.tsx';
import { QueryState } from '../ui/query-state.tsx';
import { Table } from '../ui/table.tsx';
import { When } from '../ui/time.tsx';
import { SecondFactorRule } from './members-factor.tsx';
import { ResponsiblePersons } from './members-responsible.tsx';

/** Who belongs to the account and what each may do. */
export function MembersPage() {
  const { t } = useTexts();
  return (
    <Page
      title={t('members.title')}
      lead={t('members.lead')}
      actions={
        <Needs area="people" quiet>
          <MemberGive />
        </Needs>
      }
    >
      <div className="stack">
        <Needs area="people" does="read">
          <Members />
          <Invitations />
          <SecondFactorRule />
          <ResponsiblePersons />
        </Needs>
        <Leave />
      </div>
    </Page>
  );
}

function Members() {
  const { t } = useTexts();
  const members = useQuery(membersQuery);
  const mayAct = useMay('people');
  return (
    <Panel title={t('members.title')}>
      <QueryState query={members}>
        {({ items }) => (
          <Table
            label={t('members.title')}
            empty={t('members.empty')}
            rows={items}
            rowKey={(each) => each.id}
            columns={[
              {
                title: t('members.who'),
                keep: true,
                cell: (each) => (
                  <>
                    {each.shown} {each.you ? <span className="faint small">({t('members.you')})</span> : null}
                  </>
                ),
              },
              { title: t('members.role'), keep: true, cell: (each) => <Given given={each} /> },
              { title: t('members.since'), cell: (each) => <When at={each.joined_at} /> },
              {
                title: t('members.change'),
                end: true,
                cell: (each) =>
                  each.role === 'owner' || each.you || !mayAct ? null : <MemberActs member={each} />,
              },
            ]}
          />
        )}
      </QueryState>
    </Panel>
  );
}

function MemberActs({ member }: { member: Member }) {
  const { t } = useTexts();
  return (
    <>
      <MemberGive member={member} />{' '}
      <AskButton
        label={t('members.remove')}
        name={t('members.removeOf', { who: member.shown })}
        text={t('members.removeText')}
        danger
        act={() => removeMember(member.id)}
        done={t('members.removed')}
        refresh={[membersQuery.queryKey]}
      />
    </>
  );
}

/** The role; of the custom one also what it may do where, and in how many services. */
function Given({ given }: { given: Pick<Member | Invitation, 'role' | 'areas' | 'services'> }) {
  const { t } = useTexts();
  const { role, areas, services } = given;
  const said = Object.entries(areas ?? {})
    .filter(([area]) => area !== 'self')
    .map(([area, does]) => `${t(`members.areas.${area as 'money'}`)}: ${t(`members.does.${does}`)}`);
  return (
    <>
      {t(`members.roles.${role}`)}
      {said.length > 0 ? (
        <span className="faint small">
          {' '}
          {said.join(' · ')}
          {services ? t('members.more', { count: services.length }) : ''}
        </span>
      ) : null}
    </>
  );
}

function Invitations() {
  const { t } = useTexts();
  const invitations = useQuery(invitationsQuery);
  const mayAct = useMay('people');
  return (
    <Panel title={t('members.invitations')}>
      <QueryState query={invitations}>
        {({ items }) => (
          <Table
            label={t('members.invitations')}
            empty={t('members.invitationsEmpty')}
            rows={items}
            rowKey={(each) => each.id}
            columns={[
              { title: t('field.email'), keep: true, cell: (each) => each.email },
              { title: t('members.role'), keep: true, cell: (each) => <Given given={each} /> },
              { title: t('members.until'), cell: (each) => <When at={each.expires_at} /> },
              {
                title: t('members.withdraw'),
                end: true,
                cell: (each) =>
                  mayAct ? (
                    <AskButton
                      label={t('members.withdraw')}
                      name={t('members.withdrawOf', { email: each.email })}
                      act={() => withdrawInvitation(each.id)}
                      done={t('members.withdrawn')}
                      refresh={[invitationsQuery.queryKey]}
                    />
                  ) : null,
              },
            ]}
          />
        )}
      </QueryState>
    </Panel>
  );
}

function Leave() {
  const { t } = useTexts();
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const { role } = useSession();
  if (role === 'owner') return null;
  return (
    <p>
      <AskButton
        label={t('members.leave')}
        text={t('members.leaveText')}
        danger
        act={async () => {
          await leaveCustomer();
          queryClient.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'session' });
          await queryClient.fetchQuery({ ...sessionQuery, staleTime: 0 });
          await navigate({ to: '/services' });
        }}
        done={t('members.left')}
        refresh={[]}
      />
    </p>
  );
}
