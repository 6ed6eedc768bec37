import { useQuery } from '@tanstack/react-query';
import { App, Space } from 'antd';
import {
  askResetOf,
  decideReset,
  endRole,
  endSessionsOf,
  endTeammate,
  eraseTeammate,
  newPasswordOf,
  type Team,
  type Teammate,
  type TeamRole,
  teamQuery,
} from '../../api/team.ts';
import { RoleForm, TeammateForm, TeamRolesForm } from '../../forms/team-roles.tsx';
import { useTexts } from '../../i18n/texts.ts';
import { AskButton } from '../../ui/ask.tsx';
import { Page, Panel } from '../../ui/kit.tsx';
import { QueryState } from '../../ui/query-state.tsx';
import { Table } from '../../ui/table.tsx';
import { useTimeFormat, When } from '../../ui/time.tsx';

const refresh = [teamQuery.queryKey];

/** Who works here and what they may do. */
export function TeamPage() {
  const { t } = useTexts();
  const team = useQuery(teamQuery);
  return (
    <Page title={t('team.title')} lead={t('team.lead')}>
      <QueryState query={team}>
        {(found) => (
          <div className="stack">
            <Panel title={t('team.title')} aside={<TeammateForm team={found} />}>
              <Members team={found} />
            </Panel>
            <Panel title={t('team.ownRoles')} aside={<RoleForm />}>
              <Roles team={found} />
            </Panel>
          </div>
        )}
      </QueryState>
    </Page>
  );
}

function Members({ team }: { team: Team }) {
  const { t } = useTexts();
  const name = useRoleName(team.roles);
  return (
    <Table
      label={t('team.title')}
      empty=""
      rows={team.items}
      rowKey={(row) => row.id}
      columns={[
        {
          title: t('team.name'),
          cell: (row) => (
            <>
              {row.name || <span className="faint">{t('team.nameless')}</span>}
              <div className="faint small">{row.erased_at ? row.id : row.email}</div>
            </>
          ),
        },
        {
          title: t('team.roles'),
          cell: (row) =>
            row.holdings.map(({ role, brand }) => `${name(role)}${brand ? ` (${brand})` : ''}`).join('、') ||
            t('team.noRoles'),
        },
        {
          title: t('team.factors'),
          cell: (row) => (row.factors.length > 0 ? t('team.on') : t('team.off')),
        },
        { title: t('team.sessions'), keep: true, cell: (row) => row.sessions },
        { title: t('staff.joined'), keep: true, cell: (row) => <When at={row.created_at} /> },
        {
          title: t('desk.act'),
          end: true,
          cell: (row) => (row.ended_at ? <Left row={row} /> : <Acts row={row} team={team} />),
        },
      ]}
    />
  );
}

/** Somebody who left: what is kept of them as a person can be erased, once. */
function Left({ row }: { row: Teammate }) {
  const { t } = useTexts();
  const { instant } = useTimeFormat();
  const { modal } = App.useApp();
  if (row.erased_at) return t('team.erasedAt', { at: instant(row.erased_at) });
  return (
    <Space wrap size={6} className="end">
      {t('team.left')}
      <AskButton
        label={t('team.erase')}
        name={t('team.eraseOf', { name: row.name })}
        text={t('team.eraseText')}
        danger
        act={async () => {
          const { kept } = await eraseTeammate(row.id);
          modal.info({ title: row.name, content: <Kept kept={kept} /> });
        }}
        refresh={refresh}
      />
    </Space>
  );
}

function Kept({ kept }: { kept: Awaited<ReturnType<typeof eraseTeammate>>['kept'] }) {
  const { t } = useTexts();
  const { instant } = useTimeFormat();
  return (
    <>
      <p>{t('team.erased')}</p>
      <ul>
        {kept.map(({ table, rows, until }) => (
          <li key={table}>
            {t(table === 'audit_event' ? 'team.keptActs' : 'team.keptSessions', {
              rows,
              until: instant(until),
            })}
          </li>
        ))}
      </ul>
    </>
  );
}

function Acts({ row, team }: { row: Teammate; team: Team }) {
  const { t } = useTexts();
  const { modal } = App.useApp();
  const { id, name } = row;
  return (
    <Space wrap size={6} className="end">
      {row.reset ? <ResetWaits reset={row.reset} /> : null}
      <TeamRolesForm row={row} team={team} />
      <AskButton
        label={t('team.password')}
        name={t('team.passwordOf', { name })}
        act={async () => {
          const { password } = await newPasswordOf(id);
          modal.info({ title: name, content: t('team.passwordSet', { password }) });
        }}
        refresh={refresh}
      />
      <AskButton
        label={t('team.endSessions')}
        name={t('team.endSessionsOf', { name })}
        act={() => endSessionsOf(id)}
        done={t('team.done')}
        refresh={refresh}
      />
      {row.reset ? null : (
        <AskButton
          label={t('team.resetFactor')}
          name={t('team.resetFactorOf', { name })}
          fields={[{ name: 'reason', label: t('team.reason') }]}
          act={({ reason = '' }) => askResetOf(id, reason)}
          done={t('team.done')}
          refresh={refresh}
        />
      )}
      <AskButton
        label={t('team.leaves')}
        name={t('team.leavesOf', { name })}
        text={t('team.leavesText')}
        danger
        act={() => endTeammate(id)}
        done={t('team.done')}
        refresh={refresh}
      />
    </Space>
  );
}

function ResetWaits({ reset }: { reset: NonNullable<Teammate['reset']> }) {
  const { t } = useTexts();
  return (
    <>
      <span className="small">{t('team.resetWaits', { reason: reset.reason })}</span>
      <AskButton
        label={t('team.grant')}
        strong
        act={() => decideReset(reset.id, true)}
        done={t('team.done')}
        refresh={refresh}
      />
      <AskButton
        label={t('team.refuse')}
        act={() => decideReset(reset.id, false)}
        done={t('team.done')}
        refresh={refresh}
      />
    </>
  );
}

function Roles({ team }: { team: Team }) {
  const { t } = useTexts();
  const roles = team.roles.filter(({ name }) => name !== null);
  const holders = (id: string) =>
    team.items.filter(({ holdings }) => holdings.some(({ role }) => role === id)).map(({ name }) => name);
  return (
    <Table
      label={t('team.ownRoles')}
      empty={t('team.noOwnRoles')}
      rows={roles}
      rowKey={(role) => role.id}
      columns={[
        { title: t('team.roleName'), cell: (role) => role.name },
        {
          title: t('team.area'),
          cell: ({ areas }) =>
            Object.entries(areas ?? {})
              .map(
                ([area, does]) =>
                  `${areaName(t, area)}（${t(does === 'write' ? 'team.writes' : 'team.reads')}）`,
              )
              .join(' '),
        },
        { title: t('team.holders'), cell: ({ id }) => holders(id).join('、') || '—' },
        {
          title: t('desk.act'),
          end: true,
          cell: (role) => (
            <Space wrap size={6} className="end">
              <RoleForm role={role} />
              {holders(role.id).length > 0 ? null : (
                <AskButton
                  label={t('team.remove')}
                  name={t('team.roleEnd', { name: role.name ?? '' })}
                  danger
                  act={() => endRole(role.id)}
                  done={t('team.done')}
                  refresh={refresh}
                />
              )}
            </Space>
          ),
        },
      ]}
    />
  );
}

type Translate = ReturnType<typeof useTexts>['t'];
type AreaKey = 'customers';

export function areaName(t: Translate, area: string): string {
  return t(`team.areas.${area as AreaKey}`);
}

/** Built-in roles have names in both languages, others the one that they were given. */
export function useRoleName(roles: readonly TeamRole[]): (role: string) => string {
  const { t } = useTexts();
  return (id) => roles.find((role) => role.id === id)?.name ?? t(`team.role.${id as 'admin'}`);
}
