import { sql } from 'kysely';
import type { Db, Tx } from '#kernel/db.ts';
import type { Begun } from './driver.ts';
import './tables.ts';

/** A running machine that used much of what it has, over a whole stretch. */
export interface Sampled {
  serviceId: string;
  customerId: string;
  cpus: number;
  bandwidthBps: bigint;
}

/**
 * Machines of a brand that since an instant used more than this part (0–1) of their processors, or of their outgoing
 * bandwidth, on the whole: those worth a look at each sample.
 */
export async function instancesBusy(
  db: Db | Tx,
  input: { brand: string; since: Date; now: Date; of: 'cpu' | 'upload'; part: number },
): Promise<Sampled[]> {
  const used =
    input.of === 'cpu'
      ? sql`(max(s.cpu_ns) - min(s.cpu_ns)) / 1e9 / i.cpus`
      : sql`(max(s.sent_bytes) - min(s.sent_bytes)) * 8.0 / i.bandwidth_bps`;
  const { rows } = await sql<Sampled>`
    select i.id as "serviceId", i.customer_id as "customerId", i.cpus::float8 as cpus, i.bandwidth_bps as "bandwidthBps"
    from compute_instance i join compute_sample s on s.instance_id = i.id
    where i.brand = ${input.brand} and i.gone_at is null and i.allowed = 'yes'
      and s.at >= ${input.since} and s.at <= ${input.now}
    group by i.id
    having ${used} > ${input.part} * extract(epoch from ${input.now}::timestamptz - ${input.since}::timestamptz) * 0.9
    order by i.id limit 1000`.execute(db);
  return rows;
}

/** A machine that began much, and all that it began in that time. */
export interface Began extends Begun {
  serviceId: string;
  customerId: string;
}

/**
 * Machines of a brand that since an instant began more than this of something, by the samples in between. A counter that
 * fell was raised anew, and what it had isn't known: nothing is counted there.
 */
export async function instancesBegan(
  db: Db | Tx,
  input: { brand: string; since: Date; now: Date; of: keyof Begun; moreThan: number },
): Promise<Began[]> {
  const { rows } = await sql<Began>`
    with grown as (
      select s.instance_id, greatest(s.connections - lag(s.connections) over w, 0) as connections,
        greatest(s.targets - lag(s.targets) over w, 0) as targets, greatest(s.mails - lag(s.mails) over w, 0) as mails,
        greatest(s.answers - lag(s.answers) over w, 0) as answers
      from compute_sample s join compute_instance i on i.id = s.instance_id
      where i.brand = ${input.brand} and i.gone_at is null and i.allowed = 'yes'
        and s.at >= ${input.since} and s.at <= ${input.now}
      window w as (partition by s.instance_id order by s.at))
    select i.id as "serviceId", i.customer_id as "customerId", coalesce(sum(g.connections), 0)::bigint as connections,
      coalesce(sum(g.targets), 0)::bigint as targets, coalesce(sum(g.mails), 0)::bigint as mails,
      coalesce(sum(g.answers), 0)::bigint as answers
    from grown g join compute_instance i on i.id = g.instance_id
    group by i.id having sum(g.${sql.ref(input.of)}) > ${input.moreThan}
    order by i.id limit 1000`.execute(db);
  return rows;
}

/** What a machine's counters showed since an instant, oldest first. */
export function samplesOf(db: Db | Tx, serviceId: string, since: Date) {
  return db
    .selectFrom('compute_sample')
    .select(['at', 'cpu_ns', 'sent_bytes'])
    .where('instance_id', '=', serviceId)
    .where('at', '>=', since)
    .orderBy('at')
    .execute();
}
