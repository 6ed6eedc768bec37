import { createHash } from 'node:crypto';
import { z } from 'zod';
import { localizedText } from '#kernel/brands.ts';
import type { LocalizedText } from '#kernel/text.ts';
import { clauseId, type Parameters, parameters } from '#modules/terms/index.ts';

/** What the order page of a product says over the agreement (七牛云 11.1): it holds for what is ordered while it says so. */

/** Figures that hold for one service. What holds for an account, its money or its people isn't an order page's to say. */
const SAYABLE = [
  'reminders',
  'expiry',
  'retention',
  'refund',
  'provider_end',
  'breach_end',
  'sla',
  'outages',
  'outage_extension',
  'liability',
  'throttle',
  'migration',
  'bad_node',
  'backup',
  'undelivered',
] as const satisfies readonly (keyof Parameters)[];

const { shape } = parameters;
const figures = z
  .strictObject({
    reminders: shape.reminders,
    expiry: shape.expiry,
    retention: shape.retention,
    refund: shape.refund.optional(),
    provider_end: shape.provider_end,
    breach_end: shape.breach_end,
    sla: shape.sla,
    outages: shape.outages,
    outage_extension: shape.outage_extension,
    liability: shape.liability,
    throttle: shape.throttle,
    migration: shape.migration,
    bad_node: shape.bad_node,
    backup: shape.backup,
    undelivered: shape.undelivered.optional(),
  } satisfies Record<(typeof SAYABLE)[number], z.ZodType>)
  .refine((said) => Object.keys(said).length > 0, 'an order page that says no figure changes nothing');

export const pageTerms = z
  .strictObject({
    title: localizedText,
    /** Its own clauses, by which it is cited. */
    clauses: z
      .array(z.strictObject({ id: clauseId, text: localizedText }))
      .min(1)
      .max(50),
    parameters: figures,
  })
  .superRefine((page, check) => {
    const known = new Set(page.clauses.map(({ id }) => id));
    const wrong = (path: string[], message: string) => check.addIssue({ code: 'custom', path, message });
    if (known.size !== page.clauses.length) wrong(['clauses'], 'a clause stands twice');
    const named = new Set<string>();
    for (const [figure, said] of Object.entries(page.parameters))
      for (const [key, clause] of Object.entries(said ?? {})) {
        if (key !== 'clause' && !key.endsWith('_clause')) continue;
        named.add(String(clause));
        if (!known.has(String(clause)))
          wrong(['parameters', figure, key], `the order page has no clause ${String(clause)}`);
      }
    for (const id of known) if (!named.has(id)) wrong(['clauses'], `no figure rests on clause ${id}`);
  });

export type PageTerms = z.infer<typeof pageTerms>;

/** What an order page said when something was ordered, as the paper by which it is cited. */
export interface PageSaid {
  /** The product, and the version of the catalogue that showed it. */
  number: string;
  /** Of the words and figures themselves. */
  sha256: string;
  title: LocalizedText;
  parameters: Partial<Parameters>;
  clauses: { id: string; text: string }[];
}

export function pageSaid(
  product: { id: string; terms?: PageTerms | undefined },
  catalogueVersionId: string,
): PageSaid | null {
  const { id, terms } = product;
  if (!terms) return null;
  return {
    number: `${id}@${catalogueVersionId}`,
    sha256: createHash('sha256').update(JSON.stringify(terms)).digest('hex'),
    title: terms.title,
    parameters: terms.parameters as Partial<Parameters>,
    clauses: terms.clauses.map(({ id: clause, text }) => ({ id: clause, text: `${text.zh}\n${text.en}` })),
  };
}
