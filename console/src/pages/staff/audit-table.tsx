import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type AuditAct, auditQuery } from '../../api/staff.ts';
import { useTexts } from '../../i18n/texts.ts';
import { ClauseChip } from '../../ui/clause.tsx';
import { ActName, FactList } from '../../ui/fact-list.tsx';
import { PagedTable } from '../../ui/table.tsx';
import { When } from '../../ui/time.tsx';
import { Evidence } from '../../ui/ways.tsx';

export function AuditTable({ filter }: { filter: { customer?: string; subject?: string } }) {
  const { t } = useTexts();
  const audit = useInfiniteQuery(auditQuery(filter));
  return (
    <PagedTable
      query={audit}
      label={t('staff.audit')}
      empty={t('staff.emptyAudit')}
      rowKey={(act) => act.id}
      columns={[
        { title: t('staff.at'), keep: true, cell: (act) => <When at={act.at} parts="second" /> },
        { title: t('staff.actor'), cell: (act) => <Actor actor={act.actor} /> },
        { title: t('staff.action'), keep: true, cell: (act) => <ActName action={act.action} /> },
        {
          title: t('staff.subject'),
          keep: true,
          cell: (act) => (
            <Link to="/staff/audit" search={{ subject: act.subject_id }} title={act.subject_id}>
              <SubjectKind kind={act.subject_kind} /> <code>…{act.subject_id.slice(-6)}</code>
            </Link>
          ),
        },
        {
          title: t('staff.clause'),
          cell: (act) => (act.clause ? <ClauseChip id={act.clause.id} version={act.clause.version} /> : null),
        },
        { title: t('staff.facts'), cell: (act) => <FactList facts={act.facts} /> },
        { title: t('told.ways'), cell: (act) => <Evidence ids={act.notices} side="staff" /> },
        { title: t('staff.ip'), cell: (act) => (act.ip ? <code>{act.ip}</code> : null) },
      ]}
    />
  );
}

/** What they are, and which of them; of what the system did, its job on hover. */
function Actor({ actor: { kind, name, id } }: { actor: AuditAct['actor'] }) {
  const { t } = useTexts();
  const words = {
    customer: t('record.customer'),
    staff: t('record.whos.staff'),
    system: t('record.whos.system'),
    visitor: t('record.whos.visitor'),
  };
  return (
    <span title={name ?? id ?? undefined} style={{ whiteSpace: 'nowrap' }}>
      {words[kind]} {id ? <code>…{id.slice(-6)}</code> : null}
    </span>
  );
}

function SubjectKind({ kind }: { kind: string }) {
  const { t } = useTexts();
  const words: Record<string, string> = t('record.subjects', { returnObjects: true });
  return words[kind] ?? kind;
}
