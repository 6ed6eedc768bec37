import { randomUUID } from 'node:crypto';
import { parentPort, workerData } from 'node:worker_threads';
import { Pool } from 'undici';

/** The machines that send usage, in a thread of their own: each connection sends one batch after another. */

interface Work {
  url: string;
  host: string;
  token: string;
  connections: number;
  batch: number;
  seconds: number;
  subjects: number;
  at: number;
}

const { url, host, token, connections, batch, seconds, subjects, at } = workerData as Work;
const pool = new Pool(url, { connections, pipelining: 1 });

/** A fresh id for each event; one in a hundred comes a second time, in a later batch. */
let again: string[] = [];

function body(): { text: string; repeated: number } {
  const events: string[] = [];
  const repeated = again;
  again = [];
  for (let i = repeated.length; i < batch; i++) {
    const n = Math.floor(Math.random() * subjects);
    const time = new Date(at - Math.floor(Math.random() * 3_600_000)).toISOString();
    const text = `{"specversion":"1.0","id":"${randomUUID()}","source":"/edges/${n % 20}","type":"cdn.traffic","subject":"site-${n}.example.com","time":"${time}","datacontenttype":"application/json","data":{"bytes":${Math.floor(Math.random() * 1e9)}}}`;
    if (i % 100 === 0) again.push(text);
    events.push(text);
  }
  return { text: `[${[...events, ...repeated].join(',')}]`, repeated: repeated.length };
}

const sum = { sent: 0, repeated: 0, accepted: 0, duplicates: 0 };
const began = performance.now();

async function send(): Promise<void> {
  while (performance.now() - began < seconds * 1_000) {
    const { text, repeated } = body();
    const answer = await pool.request({
      path: '/api/v1/usage/events',
      method: 'POST',
      headers: {
        host,
        'content-type': 'application/cloudevents-batch+json',
        authorization: `Bearer ${token}`,
      },
      body: text,
    });
    const json = (await answer.body.json()) as { accepted?: number; duplicates?: number };
    if (answer.statusCode !== 200) throw new Error(`${answer.statusCode} ${JSON.stringify(json)}`);
    sum.sent += batch;
    sum.repeated += repeated;
    sum.accepted += json.accepted ?? 0;
    sum.duplicates += json.duplicates ?? 0;
  }
}

await Promise.all(Array.from({ length: connections }, send));
const took = performance.now() - began;
await pool.close();
parentPort?.postMessage({ ...sum, took });
