import { z } from 'zod';
import { meant } from '#kernel/nearest.ts';
import { clauseId, type Parameters, parameters } from '#modules/terms/index.ts';
import { problem } from './rules.ts';

/** The order of precedence is the agreement's to say: no paper that it ranks says it over. */
const { precedence: _, ...sayable } = parameters.shape;
const schema = z.strictObject(sayable).partial();
const NAMES = Object.keys(sayable);

export const clauses = z
  .array(z.strictObject({ id: clauseId, text: z.string().trim().min(1).max(2_000) }))
  .min(1)
  .max(200);

export interface Figures {
  parameters: Partial<Parameters>;
  clauses: z.infer<typeof clauses>;
}

/**
 * The figures of a contract, by the schema of the terms. Throws `service-contract-figures` saying where and why, with
 * the nearest spelling of a word that isn't known.
 */
export function figuresRead(given: Record<string, unknown>, quoted: Figures['clauses']): Figures {
  const refuse = (where: string, why: string) => problem['service-contract-figures']({ where, why });
  if (Object.keys(given).length === 0)
    throw refuse('parameters', 'a contract that says no figure changes nothing');
  for (const name of Object.keys(given)) {
    if (!NAMES.includes(name)) throw refuse(name, `there is no such parameter${meant(name, NAMES)}`);
  }
  const parsed = schema.safeParse(given);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    throw refuse(issue.path.join('.'), `${issue.message}${suggestion(issue, given)}`);
  }
  const known = new Set(quoted.map(({ id }) => id));
  if (known.size !== quoted.length) throw refuse('clauses', 'a clause id stands twice');
  for (const [name, parameter] of Object.entries(parsed.data)) {
    for (const [key, clause] of cited(parameter))
      if (!known.has(clause))
        throw refuse(`${name}.${key}`, `there is no clause ${clause}${meant(clause, known)}`);
  }
  return { parameters: parsed.data as Partial<Parameters>, clauses: quoted };
}

/** Every clause that a parameter names: its own, and those of its parts. */
function cited(parameter: Record<string, unknown>): [string, string][] {
  const named = Object.entries(parameter).filter(
    (entry): entry is [string, string] =>
      (entry[0] === 'clause' || entry[0].endsWith('_clause')) && typeof entry[1] === 'string',
  );
  const reasons = 'reasons' in parameter && Array.isArray(parameter.reasons) ? parameter.reasons : [];
  return [...named, ...reasons.map((reason): [string, string] => ['reasons', String(reason)])];
}

function suggestion(issue: z.core.$ZodIssue, given: unknown): string {
  if (issue.code === 'unrecognized_keys') {
    const inner = parameters.shape[issue.path[0] as keyof typeof parameters.shape];
    return meant(issue.keys[0]!, keysOf(z.toJSONSchema(inner, { unrepresentable: 'any' })));
  }
  const value = issue.path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown>)[key], given);
  return issue.code === 'invalid_value' && typeof value === 'string'
    ? meant(value, issue.values.map(String))
    : '';
}

function keysOf(schema: z.core.JSONSchema.BaseSchema): string[] {
  const choices = (schema.anyOf ?? schema.oneOf ?? [schema]) as z.core.JSONSchema.BaseSchema[];
  return choices.flatMap((choice) => Object.keys(choice.properties ?? {}));
}
