import { useSuspenseQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { StaffRoleArea } from '#kernel/grant.ts';
import { staffSessionQuery } from '../api/staff.ts';
import { type Does, mayIn } from '../api/team.ts';
import { ActsOffered } from './acts-offered.ts';

export function useStaffMay(area: StaffRoleArea, does: Does = 'read'): boolean {
  const session = useSuspenseQuery(staffSessionQuery).data;
  return session ? mayIn(session, area, does) : false;
}

/** A part of a page that belongs to an area: who may not look there doesn't see it, who may act there finds its acts. */
export function StaffNeeds(props: { area: StaffRoleArea; does?: Does; children: ReactNode }) {
  const acts = useStaffMay(props.area, 'write');
  if (!useStaffMay(props.area, props.does)) return null;
  return <ActsOffered value={acts}>{props.children}</ActsOffered>;
}
