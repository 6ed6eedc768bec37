import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { checkEvents } from '#modules/metering/event-check.ts';
import type { KnownMeter } from '#modules/metering/meter-read.ts';

/** What bounds ingest from above: the table without HTTP, and reading without the table. */

/** Rows of the same shape straight into the table, with the same keys; no lookups, no HTTP. Events a second. */
export async function rawInsert(
  databaseUrl: string,
  { seconds, batch, connections }: { seconds: number; batch: number; connections: number },
): Promise<number> {
  const statement = {
    name: 'raw',
    text: `insert into metering_event (source_no, id, part, meter_no, subject_no, at, value, key, batch_no)
      select s, id, 0, 1, u, to_timestamp(at / 1000.0), value, null, $6::bigint
      from unnest($1::int[], $2::text[], $3::int[], $4::bigint[], $5::bigint[]) as t (s, id, u, at, value)
      on conflict do nothing`,
  };
  const now = Date.parse('2026-03-02T03:00:00Z');
  const random = (below: number) => Math.floor(Math.random() * below);
  const list = (of: () => number | string) => `{${Array.from({ length: batch }, of).join(',')}}`;
  let written = 0;
  let batchNo = 1_000_000_000;
  const began = performance.now();
  await Promise.all(
    Array.from({ length: connections }, async () => {
      const client = new pg.Client({ connectionString: databaseUrl });
      await client.connect();
      while (performance.now() - began < seconds * 1_000) {
        const values = [
          list(() => random(20)),
          list(randomUUID),
          list(() => random(5_000)),
          list(() => now - random(3_600_000)),
          list(() => random(1e9)),
          ++batchNo,
        ];
        written += (await client.query({ ...statement, values })).rowCount ?? 0;
      }
      await client.end();
    }),
  );
  return Math.round(written / ((performance.now() - began) / 1_000));
}

/** JSON and the check of every event, in this thread. Events a second. */
export function reading({ batch, seconds }: { batch: number; seconds: number }): number {
  const now = Date.parse('2026-03-02T03:00:00Z');
  const event = (n: number) => ({
    specversion: '1.0',
    id: randomUUID(),
    source: `/edges/${n % 20}`,
    type: 'cdn.traffic',
    subject: `site-${n}.example.com`,
    time: new Date(now - n * 100).toISOString(),
    datacontenttype: 'application/json',
    data: { bytes: n * 1_000 },
  });
  const body = Buffer.from(JSON.stringify(Array.from({ length: batch }, (_, n) => event(n))));
  const meter = {
    no: 1,
    kind: 'sum',
    meter: { event: 'cdn.traffic', value: 'bytes', kind: 'sum' },
  } as KnownMeter;
  const utf8 = new TextDecoder('utf-8', { fatal: true });
  const began = performance.now();
  let read = 0;
  while (performance.now() - began < seconds * 1_000) {
    const { columns } = checkEvents(JSON.parse(utf8.decode(body)) as unknown[], [meter], now);
    read += columns.id.length;
  }
  return Math.round(read / ((performance.now() - began) / 1_000));
}
