import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import type { NoticeKind } from '#modules/wording/index.ts';
import { type NoticeTerms, topicOf } from './channels.ts';

declare module '#kernel/events.ts' {
  interface Events {
    /** Before something is told that terms may ask for: whoever knows the customers' terms answers. */
    'notices.placing': {
      customerIds: readonly string[];
      answer(customerId: string, terms: NoticeTerms): void;
    };
  }
}

/**
 * The terms of those whose sender didn't say them, so that no room above can forget by which channels its customers
 * agreed to be told. Kinds that no terms ask for cost nothing.
 */
export async function termsAsk(
  tx: Tx,
  ctx: Ctx,
  requests: readonly {
    kind: NoticeKind;
    to: { customerId: string | null };
    terms?: NoticeTerms | null;
    ways?: unknown;
  }[],
): Promise<ReadonlyMap<string, NoticeTerms>> {
  const open = requests.filter(
    ({ kind, terms, ways }) => terms === undefined && ways === undefined && topicOf(kind) === null,
  );
  const customerIds = [...new Set(open.flatMap(({ to }) => to.customerId ?? []))];
  const answers = new Map<string, NoticeTerms>();
  if (customerIds.length === 0) return answers;
  await ctx.bus.emit(tx, ctx, 'notices.placing', {
    customerIds,
    answer: (customerId, terms) => void answers.set(customerId, terms),
  });
  return answers;
}

/** The terms of one customer, as far as they say how it is told; null where it accepted none. */
export async function termsOf(tx: Tx, ctx: Ctx, customerId: string): Promise<NoticeTerms | null> {
  let terms: NoticeTerms | null = null;
  await ctx.bus.emit(tx, ctx, 'notices.placing', {
    customerIds: [customerId],
    answer: (_, found) => {
      terms = found;
    },
  });
  return terms;
}
