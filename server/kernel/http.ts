import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest, RawServerDefault } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Actor, Ctx } from './ctx.ts';
import { type Tx, transact } from './db.ts';
import { type Area, type Does, grantedServices } from './grant.ts';
import type { House } from './house.ts';
import { type Answer, once } from './idempotency.ts';
import { looksAlike } from './lookalike.ts';
import { MoneyError, parseYuan } from './money.ts';
import { problem } from './problem.ts';
import type { LocalizedText } from './text.ts';

export type App = FastifyInstance<RawServerDefault, IncomingMessage, ServerResponse, never, ZodTypeProvider>;

/** Who may call a route. Every route says it; `app.ts` enforces it and refuses a route that doesn't. */
export type Access = 'public' | 'customer' | 'staff' | 'callback' | 'development';

/** A route and what it asks of its caller. */
export interface Rights {
  method: string;
  path: string;
  access?: Access | undefined;
  area?: Area | undefined;
  does: Does;
  narrows?: true | undefined;
  owner?: true | undefined;
  person?: true | undefined;
  behalf?: boolean | undefined;
  beforeFactor?: true | undefined;
  unaudited?: string | undefined;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: Access;
    /** What of the product a customer's or staff's route belongs to; it asks for the caller's grant in it. */
    area?: Area;
    /** Reading for GET and HEAD, writing for all others, unless the route says otherwise here. */
    does?: Does;
    /**
     * It shows or does nothing of services that the caller wasn't granted. Whoever was granted some only is refused
     * wherever it isn't said, save in what is a person's own and below `/services/:id`.
     */
    narrows?: true;
    /** Whether staff who are logged in as a customer may: no in `self` and yes elsewhere where nothing is said. */
    behalf?: boolean;
    /** Why nothing is on record of what staff do here; everywhere else something is (server/http/staff-acts.ts). */
    unaudited?: string;
    /** Also before the second factor is shown where one has to be, to show it or to enrol one. */
    beforeFactor?: true;
    /** The owner in person alone: what says who the account is, and by what its owner signs in. */
    owner?: true;
    /** A person who is there alone, and no key: it shows what is kept of that person, whatever area it is of. */
    person?: true;
  }
  interface FastifyInstance {
    /** What each route asks for, as it said when it was added. */
    rights: readonly Rights[];
  }
  interface FastifyRequest {
    ctx: Ctx;
    /** Whether who opened this may still do it; for what stays open after it was answered (F61). */
    stillPermitted: () => Promise<boolean>;
  }
}

/** One request, one transaction. */
export function act<T>(
  house: House,
  request: FastifyRequest,
  work: (tx: Tx, ctx: Ctx) => Promise<T>,
): Promise<T> {
  return transact(house.db, (tx) => work(tx, request.ctx));
}

/** The same, done once for the request's Idempotency-Key; answers a repeat as it answered first. */
export async function actOnce<T>(
  house: House,
  request: FastifyRequest,
  reply: FastifyReply,
  work: (tx: Tx, ctx: Ctx) => Promise<Answer<T>>,
): Promise<T> {
  const header = request.headers['idempotency-key'];
  if (typeof header !== 'string' || !/^[\x21-\x7e]{8,128}$/.test(header))
    throw problem['idempotency-key-missing']();
  const hash = house.sealer.digest(JSON.stringify([request.method, request.url, request.body ?? null]));
  const request_ = { owner: ownerOf(request.ctx.actor), key: header, hash };
  const answer = await act(house, request, (tx, ctx) => once(tx, ctx, request_, () => work(tx, ctx)));
  void reply.status(answer.status);
  if (answer.replayed) void reply.header('idempotency-replayed', 'true');
  return answer.body;
}

function ownerOf(actor: Actor): string {
  if (actor.kind === 'customer') return `customer:${actor.customerId}`;
  if (actor.kind === 'staff') return `staff:${actor.staffId}`;
  throw problem['signed-out']();
}

export function customerOf(ctx: Ctx): Extract<Actor, { kind: 'customer' }> {
  if (ctx.actor.kind !== 'customer') throw problem['signed-out']();
  return ctx.actor;
}

/** The services that the caller was granted; null for all of the customer's. A list that `narrows` shows no other. */
export function servicesGranted(ctx: Ctx): readonly string[] | null {
  return grantedServices(customerOf(ctx).grant);
}

export function staffOf(ctx: Ctx): Extract<Actor, { kind: 'staff' }> {
  if (ctx.actor.kind !== 'staff') throw problem['signed-out']();
  return ctx.actor;
}

/** A check with a message in both languages. */
export function rule<T>(
  check: (value: T) => boolean,
  text: LocalizedText,
): [(value: T) => boolean, { params: { text: LocalizedText } }] {
  return [check, { params: { text } }];
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is refused
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffd]/;

/** No control, bidirectional, zero-width or broken characters (F66): for `refine`. */
export const printable = rule<string>((value) => !UNPRINTABLE.test(value) && value.isWellFormed(), {
  zh: '不能包含控制字符或不可见字符',
  en: 'Control and invisible characters are not allowed',
});

/** One line of printable text, trimmed, composed (NFC). */
export function line(min: number, max: number) {
  return z
    .string()
    .max(max * 4)
    .normalize('NFC')
    .trim()
    .min(min)
    .max(max)
    .refine(...printable);
}

/** A line by which people know something or somebody: no word of it passes for another. */
export function displayName(min: number, max: number) {
  return line(min, max).refine(
    ...rule<string>((text) => !looksAlike(text), {
      zh: '同一个词里不能混用外形相近的字母',
      en: 'A word can’t mix letters that look alike',
    }),
  );
}

/** Several lines of printable text, trimmed, composed (NFC); lines end in LF. */
export function paragraphs(min: number, max: number) {
  return z
    .string()
    .max(max * 4)
    .transform((text) => text.replaceAll('\r\n', '\n'))
    .pipe(z.string().normalize('NFC').trim().min(min).max(max))
    .refine((text) => printable[0](text.replaceAll('\n', '')), printable[1]);
}

export const id = z.uuid();
/** ISO 8601 in UTC. */
export const instant = z.iso.datetime();
/** Decimal yuan, as `formatYuan` writes it. */
export const amountOut = z.string();

/** Yuan with at most two decimals, above zero. */
export const amountIn = z
  .string()
  .max(20)
  .refine(
    ...rule<string>((text) => isWholeFen(text), {
      zh: '请输入金额，如 20 或 9.90',
      en: 'Enter an amount such as 20 or 9.90',
    }),
  );

function isWholeFen(text: string): boolean {
  try {
    const micro = parseYuan(text);
    return micro > 0n && micro % 10_000n === 0n;
  } catch (error) {
    if (error instanceof MoneyError) return false;
    throw error;
  }
}

export const localized = z.object({ zh: z.string(), en: z.string() });

/** A list answer: newest first, at most 100 rows, `next` names the row to go on before. */
export function listOf<T extends z.ZodType>(item: T) {
  return z.object({ items: z.array(item), next: z.string().nullable() });
}

export const page = z.object({ before: z.uuid().optional() });
export const PAGE_SIZE = 100;

/** Cuts a list that was read with one row more than a page. */
export function paged<T>(rows: T[], cursor: (row: T) => string): { items: T[]; next: string | null } {
  const items = rows.slice(0, PAGE_SIZE);
  return { items, next: rows.length > PAGE_SIZE ? cursor(items[PAGE_SIZE - 1]!) : null };
}
