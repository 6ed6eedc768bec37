import { createHash, randomInt } from 'node:crypto';
import { type Challenge, createChallenge, type Solution, verifySolution } from 'altcha-lib';
import { deriveKey } from 'altcha-lib/algorithms/web/pbkdf2';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { House } from '#kernel/house.ts';
import type { App } from '#kernel/http.ts';
import { problems } from '#kernel/problem.ts';
import type { Throttle } from '#kernel/throttle.ts';
import { addMinutes } from '#kernel/time.ts';

/**
 * Proof of work before forms that anybody may send (`config: { botCheck: true }`): a bare request is answered with a
 * challenge, and sent again with its solution in the header `proof-of-work`. A challenge is signed, holds for one
 * route of one brand, for ten minutes, and once. Nothing of a person is measured or sent anywhere.
 */

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Asks strangers for a proof of work first, where the deployment does; a function says how many times the usual. */
    botCheck?: true | ((house: House, request: FastifyRequest) => Promise<number>);
  }
}

declare module '#kernel/house.ts' {
  interface Ports {
    /** Challenges that were used, each of which is good once. */
    challenges: Throttle;
  }
}

const problem = problems({
  'proof-of-work-needed': {
    status: 428,
    title: { zh: '需要先完成防机器人校验', en: 'A check against robots comes first' },
    remedy: {
      zh: '请用随附的 challenge 计算出解，放进 proof-of-work 请求头后重发；网页会自动完成。',
      en: 'Solve the enclosed challenge and send the request again with its solution in the header proof-of-work; pages do so themselves.',
    },
  },
});

/** PBKDF2 iterations of one try; how many tries it takes is what costs. */
const ITERATIONS = 1_000;
const GOOD_FOR_MINUTES = 10;
/** What a challenge costs may have risen so much while it was solved; those kept in stock are worth nothing after that. */
const RISE = 4;

const proof = z.strictObject({
  challenge: z.object({ parameters: z.looseObject({}), signature: z.hex().length(64) }),
  solution: z.object({ counter: z.number().int().min(0).max(0xffffffff), derivedKey: z.hex().length(64) }),
});
/** What the library takes; that its parameters are whole is known once their signature is. */
type Proof = { challenge: Challenge & { signature: string }; solution: Solution };
const ours = z.object({ data: z.object({ for: z.string(), times: z.number(), until: z.iso.datetime() }) });

export function botCheck(app: App, house: House): void {
  app.addHook('preHandler', async (request) => {
    const { botCheck: asked } = house.config;
    const { botCheck: price } = request.routeOptions.config;
    if (!asked || !price) return;
    const times = price === true ? 1 : await price(house, request);
    if (await proven(house, request, times)) return;
    const challenge = await challengeFor(house, request, { cost: asked.cost * times, times });
    throw problem['proof-of-work-needed']({}, { challenge });
  });
}

/** Half to one and a half times the cost, so that nobody knows when it is done. */
function challengeFor(
  house: House,
  request: FastifyRequest,
  { cost, times }: { cost: number; times: number },
): Promise<Challenge> {
  const tries = Math.max(2, Math.round(cost / ITERATIONS));
  return createChallenge({
    algorithm: 'PBKDF2/SHA-256',
    cost: ITERATIONS,
    counter: randomInt(Math.floor(tries / 2), Math.floor(tries * 1.5)),
    deriveKey,
    data: {
      for: purposeOf(request),
      times,
      until: addMinutes(request.ctx.now, GOOD_FOR_MINUTES).toISOString(),
    },
    ...secrets(house),
  });
}

async function proven(house: House, request: FastifyRequest, times: number): Promise<boolean> {
  const given = proofIn(request.headers['proof-of-work']);
  if (!given) return false;
  const { challenge, solution } = given;
  const { verified } = await verifySolution({ challenge, solution, deriveKey, ...secrets(house) });
  if (!verified) return false;
  const { data } = ours.parse(challenge.parameters);
  if (data.for !== purposeOf(request) || new Date(data.until) <= request.ctx.now) return false;
  if (data.times * RISE < times) return false;
  return house.ports.challenges.first(given.challenge.signature);
}

function proofIn(header: string | string[] | undefined): Proof | null {
  if (typeof header !== 'string' || !/^[A-Za-z0-9+/=]{1,4000}$/.test(header)) return null;
  try {
    const read = proof.safeParse(JSON.parse(Buffer.from(header, 'base64').toString('utf8')));
    return read.success ? (read.data as unknown as Proof) : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function secrets(house: House): { hmacSignatureSecret: string; hmacKeySignatureSecret: string } {
  return {
    hmacSignatureSecret: house.sealer.blind('proof-of-work', 'challenge'),
    hmacKeySignatureSecret: house.sealer.blind('proof-of-work', 'key'),
  };
}

/** A challenge of one form is no good for another, nor another brand's. */
function purposeOf(request: FastifyRequest): string {
  const { method, routeOptions, ctx } = request;
  return createHash('sha256').update(`${ctx.brand.id} ${method} ${routeOptions.url}`).digest('base64url');
}
