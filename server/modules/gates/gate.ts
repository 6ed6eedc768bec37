import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { formatYuan } from '#kernel/money.ts';
import type { Problem } from '#kernel/problem.ts';
import { fill, type LocalizedText, pick } from '#kernel/text.ts';
import { wallClock } from '#kernel/time.ts';
import { fundsProblem } from '#modules/funds/index.ts';
import { revisionProblem } from '#modules/revisions/index.ts';
import { clauseCited, type Policy, policyCited, termsProblem } from '#modules/terms/index.ts';
import { type Standing, standingOf } from './gate-facts.ts';
import { restrictionClause } from './restriction-read.ts';
import { type Act, type Cause, decide, parameterOf, problem, type Site } from './rules.ts';
import { ACT_NAMES, CONTACT_NAMES, FILING_NAMES } from './words.ts';

export interface Cited {
  id: string;
  version: string;
  title: string;
  text: string;
}

export type GateAnswer =
  | { open: true }
  | {
      open: false;
      /** Of the problem that the act would meet. */
      code: string;
      /** Null: no clause offers the act. */
      clause: Cited | null;
      title: string;
      /** What would open it. */
      opens: string;
    };

export interface GateAsked {
  customerId: string;
  act: Act;
  /** For `website`. */
  site?: Site;
}

/** May this customer do this now; and if not, by which clause, and what would change that? In the reader's language. */
export async function gate(tx: Tx, ctx: Ctx, asked: GateAsked): Promise<GateAnswer> {
  return answer(ctx, await standingOf(tx, ctx, asked.customerId), asked);
}

/** The same for all acts at once. */
export async function gates(tx: Tx, ctx: Ctx, customerId: string, acts: readonly Act[]) {
  const standing = await standingOf(tx, ctx, customerId);
  return acts.map((act) => ({ act, answer: answer(ctx, standing, { act }) }));
}

/** Throws what shuts the gate, with its clause. */
export async function gateEnter(tx: Tx, ctx: Ctx, asked: GateAsked): Promise<void> {
  const standing = await standingOf(tx, ctx, asked.customerId);
  const shut = refusal(ctx, standing, asked);
  if (shut) throw shut;
}

/** May this customer buy in a region of this kind? Returns what it buys under, or throws the first gate that is shut. */
export async function gateBuy(
  tx: Tx,
  ctx: Ctx,
  input: { customerId: string; mainland: boolean },
): Promise<Policy> {
  const standing = await standingOf(tx, ctx, input.customerId);
  const acts: Act[] = input.mainland ? ['buy', 'mainland'] : ['buy'];
  for (const act of acts) {
    const shut = refusal(ctx, standing, { act });
    if (shut) throw shut;
  }
  return standing.policy!;
}

function answer(ctx: Ctx, standing: Standing, asked: Omit<GateAsked, 'customerId'>): GateAnswer {
  const shut = refusal(ctx, standing, asked);
  if (!shut) return { open: true };
  const { title, remedy } = shut.kind;
  const clause = (shut.extra.clause as Cited | undefined) ?? null;
  const say = (text: LocalizedText) => fill(pick(text, ctx.locale), shut.values);
  return { open: false, code: shut.code, clause, title: say(title), opens: say(remedy) };
}

function refusal(ctx: Ctx, standing: Standing, { act, site }: Omit<GateAsked, 'customerId'>): Problem | null {
  const cause = decide(act, standing.facts, site);
  if (!cause) return null;
  const clause = citedFor(ctx, standing, cause, act);
  return problemOf(ctx, cause, act, clause ? { clause } : {});
}

function citedFor(ctx: Ctx, standing: Standing, cause: Cause, act: Act): Cited | null {
  if ('restriction' in cause) return restrictionClause(ctx, standing, cause.restriction.id);
  const parameter = parameterOf(cause, act);
  if (!parameter || !standing.facts.parameters[parameter]) return null;
  // What isn't offered is so by the agreement, whatever a contract says of the figure.
  if (cause.code === 'not-in-terms' && standing.policy)
    return clauseCited(ctx, standing.policy.version, parameter);
  // What it has to accept first is the version that holds, not the one that it knows.
  if (cause.code === 'terms-not-accepted' || !standing.policy)
    return clauseCited(ctx, standing.current, parameter);
  return policyCited(ctx, standing.policy, parameter);
}

function problemOf(ctx: Ctx, cause: Cause, act: Act, extra: { clause?: Cited }): Problem {
  const named = (names: readonly LocalizedText[]) =>
    names.map((name) => pick(name, ctx.locale)).join(ctx.locale === 'zh' ? '、' : ', ');
  const said = pick(ACT_NAMES[act], ctx.locale);
  switch (cause.code) {
    case 'banned':
      return problem['account-banned']({ reason: cause.restriction.reason }, extra);
    case 'restricted':
      return problem['act-restricted']({ act: said, reason: cause.restriction.reason }, extra);
    case 'contact-invalid':
      return problem['contact-invalid'](
        { kinds: named(cause.kinds.map((kind) => CONTACT_NAMES[kind]!)) },
        extra,
      );
    case 'filing-needed': {
      const kinds = named(cause.kinds.map((kind) => FILING_NAMES[kind]));
      const domain = cause.domain ?? (ctx.locale === 'zh' ? '网站域名' : 'the site');
      return problem['filing-needed']({ kinds, domain }, extra);
    }
    case 'disagreement-open':
      return revisionProblem['disagreement-open']({ ends: wallClock(cause.endsAt, ctx.brand.zone) }, extra);
    case 'withheld':
      return cause.problem;
    case 'money-frozen':
      return problem['money-frozen']({}, extra);
    case 'not-in-terms':
      if (act === 'withdraw') return fundsProblem['withdrawal-not-agreed']({}, extra);
      return problem['act-not-offered']({ act: said }, extra);
    case 'owing':
      return act === 'push'
        ? problem['push-owing']({ owed: formatYuan(cause.owed) }, extra)
        : fundsProblem['withdrawal-owing']({ owed: formatYuan(cause.owed) }, extra);
    default:
      return termsProblem[cause.code]({}, extra);
  }
}
