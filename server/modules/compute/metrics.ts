import { sql } from 'kysely';
import type { Db } from '#kernel/db.ts';
import { addMs } from '#kernel/time.ts';

/** Seconds for each point, and the length of the window. */
export const WINDOWS = { '1h': [15, 3_600], '24h': [300, 86_400], '7d': [1_800, 604_800] } as const;
export type Window = keyof typeof WINDOWS;

export interface Point {
  at: Date;
  /** Of one processor: 200 is two of them busy. Null where there is nothing to compare with. */
  cpu_percent: number | null;
  memory_bytes: number;
  disk_bytes: number;
  received_bps: number | null;
  sent_bps: number | null;
  processes: number;
  received_bytes: number;
  sent_bytes: number;
}

/** Rates between samples; a counter that fell was reset by a restart and counts from zero (F46). */
export async function metrics(db: Db, instanceId: string, window: Window, now: Date): Promise<Point[]> {
  const [step, length] = WINDOWS[window];
  const since = addMs(now, -length * 1_000);
  const { rows } = await sql<Point>`
    with raw as (
      select at, memory_bytes, disk_bytes, processes,
        extract(epoch from at - lag(at) over w) as seconds,
        case when cpu_ns >= lag(cpu_ns) over w then cpu_ns - lag(cpu_ns) over w else cpu_ns end as cpu,
        case when received_bytes >= lag(received_bytes) over w
          then received_bytes - lag(received_bytes) over w else received_bytes end as received,
        case when sent_bytes >= lag(sent_bytes) over w
          then sent_bytes - lag(sent_bytes) over w else sent_bytes end as sent
      from compute_sample where instance_id = ${instanceId} and at >= ${addMs(since, -60_000)} and at <= ${now}
      window w as (order by at)
    )
    select date_bin(make_interval(secs => ${step}), at, 'epoch') as at,
      (sum(cpu) filter (where seconds > 0) / nullif(sum(seconds), 0) / 1e7)::float8 as cpu_percent,
      avg(memory_bytes)::float8 as memory_bytes, avg(disk_bytes)::float8 as disk_bytes,
      (sum(received) filter (where seconds > 0) * 8 / nullif(sum(seconds), 0))::float8 as received_bps,
      (sum(sent) filter (where seconds > 0) * 8 / nullif(sum(seconds), 0))::float8 as sent_bps,
      coalesce(sum(received) filter (where seconds > 0), 0)::float8 as received_bytes,
      coalesce(sum(sent) filter (where seconds > 0), 0)::float8 as sent_bytes,
      max(processes)::int as processes
    from raw where at >= ${since} group by 1 order by 1`.execute(db);
  return rows;
}
