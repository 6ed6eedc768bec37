import { z } from 'zod';
import type { House } from '#kernel/house.ts';
import { type App, act } from '#kernel/http.ts';
import { JsonError, parseStrictJson } from '#kernel/strict-json.ts';
import { BATCH_BYTES, problem } from './rules.ts';
import { tokenOf } from './token.ts';
import { usageRecord } from './usage-record.ts';

const SINGLE = 'application/cloudevents+json';
const BATCH = 'application/cloudevents-batch+json';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** What came as CloudEvents; null where it was no JSON in UTF-8 that is read one way only. Only these parsers make one. */
class Sent {
  readonly events: unknown[] | null;

  constructor(body: Buffer, single: boolean) {
    this.events = eventsOf(body, single);
  }
}

function eventsOf(body: Buffer, single: boolean): unknown[] | null {
  try {
    const parsed = parseStrictJson(utf8.decode(body));
    if (single) return [parsed];
    return Array.isArray(parsed) ? parsed : null;
  } catch (error) {
    if (error instanceof JsonError || error instanceof TypeError) return null;
    throw error;
  }
}

/** CloudEvents from machines: one (structured mode) or a batch of them. */
export function ingestRoutes(app: App, house: House): void {
  void app.register(async (machines) => {
    machines.addContentTypeParser(SINGLE, { parseAs: 'buffer' }, (_request, body, done) =>
      done(null, new Sent(body as Buffer, true)),
    );
    machines.addContentTypeParser(BATCH, { parseAs: 'buffer' }, (_request, body, done) =>
      done(null, new Sent(body as Buffer, false)),
    );
    (machines as unknown as App).post(
      '/usage/events',
      {
        config: { access: 'callback' },
        bodyLimit: BATCH_BYTES,
        // Before a body of megabytes is read.
        onRequest: async (request) => {
          await tokenOf(house.db, request.ctx.brand.id, request.headers.authorization);
        },
        schema: {
          tags: ['metering'],
          description: `CloudEvents 1.0, \`${BATCH}\` (an array) or \`${SINGLE}\` (one), with \`Authorization: Bearer\` and an ingest token. Each source and id counts once. Taken means committed. An event whose form is wrong refuses the batch; one that can't be attributed now is put aside for staff.`,
          response: {
            200: z.object({
              accepted: z.number(),
              duplicates: z.number(),
              quarantined: z.array(
                z.object({
                  index: z.number(),
                  id: z.string(),
                  reason: z.enum(['future', 'too-old', 'unknown-meter', 'unknown-subject']),
                }),
              ),
            }),
          },
        },
      },
      async (request) => {
        const body = request.body as unknown;
        const events = body instanceof Sent ? body.events : null;
        if (!events) throw problem['usage-malformed']();
        return act(house, request, async (tx, ctx) => {
          const tokenId = await tokenOf(tx, ctx.brand.id, request.headers.authorization);
          return usageRecord(tx, ctx, events, { tokenId });
        });
      },
    );
  });
}
