import type { ReactNode } from 'react';
import type { Session } from '../api/types.ts';
import { useTexts } from '../i18n/texts.ts';
import { useSession } from './kit.tsx';

export type OwnArea = 'services' | 'money' | 'people' | 'support' | 'audit';

export function may({ grant }: Session, area: OwnArea, does: 'read' | 'write'): boolean {
  if (grant.all) return true;
  const given = grant.areas[area];
  return given === 'write' || given === does;
}

/** Whether this person may look at (or act in) a part of the account; the server decides, pages only ask sparingly. */
export function useMay(area: OwnArea, does: 'read' | 'write' = 'write'): boolean {
  return may(useSession(), area, does);
}

/** Something that needs a right; who lacks it reads why it isn't there. */
export function Needs(props: { area: OwnArea; does?: 'read' | 'write'; quiet?: true; children: ReactNode }) {
  const { t } = useTexts();
  const allowed = useMay(props.area, props.does);
  if (allowed) return props.children;
  if (props.quiet) return null;
  return <p className="faint small">{t('members.lacking', { area: t(`members.areas.${props.area}`) })}</p>;
}
