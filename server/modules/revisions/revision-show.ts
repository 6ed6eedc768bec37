import { z } from 'zod';
import type { Ctx } from '#kernel/ctx.ts';
import type { Db } from '#kernel/db.ts';
import { instant, localized } from '#kernel/http.ts';
import {
  askedBy,
  clauseShown,
  type Revision,
  revisionList,
  type TermsVersion,
  versionNewest,
} from '#modules/terms/index.ts';
import { type ClauseChange, documentChanges } from './terms-diff.ts';

/** What the public reads of a brand's revisions: which, from when, by which clause, and what they change. */

const piece = z.object({ as: z.enum(['same', 'gone', 'new']), text: z.string() });

export const revisionShown = z.object({
  version: z.string(),
  sha256: z.string(),
  title: localized,
  announced_at: instant,
  effective_at: instant,
  in_force: z.boolean(),
  /** The version that held when it was announced; null for the brand's first. */
  replaces: z.object({ version: z.string(), sha256: z.string() }).nullable(),
  /** The clause of that version by which it may be revised. */
  clause: z.object({ id: z.string(), version: z.string(), title: localized }).nullable(),
  /** How those who accepted that version come under this one. */
  by: z.enum(['accept', 'use']),
  on_disagree: z.array(z.string()).nullable(),
  changes: z.array(
    z.object({
      id: z.string(),
      as: z.enum(['new', 'gone', 'changed']),
      title: localized,
      text: z.object({ zh: z.array(piece), en: z.array(piece) }),
      figures: z.array(
        z.object({ name: z.string(), before: z.string().nullable(), after: z.string().nullable() }),
      ),
    }),
  ),
});

export type RevisionShown = z.infer<typeof revisionShown>;

const SHOWN = 20;

/** The one that holds last first. */
export async function revisionsShown(db: Db, ctx: Ctx): Promise<RevisionShown[]> {
  const revisions = (await revisionList(db, ctx.brand.id)).slice(0, SHOWN);
  return Promise.all(revisions.map((revision) => shown(db, ctx, revision)));
}

async function shown(db: Db, ctx: Ctx, revision: Revision): Promise<RevisionShown> {
  const { brand, version, replaces } = revision;
  const is = (await versionNewest(db, brand, version))!;
  const was = replaces === null ? null : await versionNewest(db, brand, replaces);
  const rule = was?.document.parameters.revision;
  return {
    version,
    sha256: is.sha256,
    title: is.document.title,
    announced_at: revision.announced_at.toISOString(),
    effective_at: revision.effective_at.toISOString(),
    in_force: revision.effective_at <= ctx.now,
    replaces: was && { version: was.version, sha256: was.sha256 },
    clause: was && rule ? clauseShown(was, rule.clause) : null,
    by: askedBy(rule),
    on_disagree: rule?.on_disagree ?? null,
    changes: was ? changesBetween(was, is) : [],
  };
}

/** Versions never change, so what differs between two is worked out once. */
const known = new Map<string, ClauseChange[]>();

function changesBetween(was: TermsVersion, is: TermsVersion): ClauseChange[] {
  const key = `${was.sha256} ${is.sha256}`;
  const found = known.get(key) ?? documentChanges(was.document, is.document);
  known.set(key, found);
  return found;
}
