import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { asSystem } from '#kernel/house.ts';
import { naturalDay } from '#kernel/time.ts';
import { usageRecord } from '#modules/metering/index.ts';
import { outageOpen, outageWrite, type Said } from '#modules/outages/outage-record.ts';
import { outageSettle } from '#modules/outages/outage-settle.ts';
import { termsLoad } from '#modules/terms/index.ts';
import { attempt, count, type Life } from './life.ts';

/** What happens to all: usage that machines report, outages, revisions of the terms. */

const HOUR_MS = 3_600_000;
const GB = 2 ** 30;

/** What is stored and fetched since the last report, of every subject that is open: one batch. */
export async function usageFlows(life: Life): Promise<void> {
  const { dice, world } = life;
  const subjects = await world.server.house.db
    .selectFrom('metering_subject')
    .select(['name', 'no'])
    .where('closed_at', 'is', null)
    .orderBy('name')
    .execute();
  const time = world.clock.now().toISOString();
  const base = { specversion: '1.0', source: 'edge', time };
  const events = subjects.flatMap(({ name: subject, no }) => {
    const id = `${no}-${time}`;
    const level = { type: 'storage.level', data: { class: 'standard', bytes: dice.whole(0, 4_000) * GB } };
    const egress = { type: 'storage.egress', data: { bytes: dice.whole(0, 30) * GB } };
    return [
      ...(dice.is(0.15) ? [{ ...base, ...level, id: `l-${id}`, subject }] : []),
      ...(dice.is(0.4) ? [{ ...base, ...egress, id: `e-${id}`, subject }] : []),
    ];
  });
  if (events.length === 0) return;
  await asSystem(world.server.house, 'qiniu', 'simulation', (tx, ctx) => usageRecord(tx, ctx, events));
  count(life, 'usage reported');
}

const CAUSES: Record<string, Said['cause'][]> = {
  lantian: ['provider', 'force-majeure', 'upstream'],
  asiayun: ['provider', 'maintenance', 'attack'],
  wujiyun: ['provider', 'telecom'],
  yunfuwuqi: ['provider', 'provider', 'telecom'],
  qiniu: ['provider', 'provider', 'provider', 'maintenance', 'attack'],
};

/** Now and then something is down; it is written down, comes to its end, and what it means is applied. */
export async function outages(life: Life): Promise<void> {
  const { dice } = life;
  if (dice.is(0.03)) await outageBegins(life);
  await outagesEnd(life);
}

async function outageBegins(life: Life): Promise<void> {
  const { dice, world } = life;
  const { house } = world.server;
  const brand = dice.pick(life.brands);
  const nodes = await house.db.selectFrom('compute_node').select('id').orderBy('name').execute();
  const metered = brand === 'qiniu';
  const from = new Date(+world.clock.now() - dice.whole(1, 20) * HOUR_MS);
  const said: Said = {
    title: { zh: '网络故障', en: 'Network down' },
    cause: dice.pick(CAUSES[brand]!),
    from,
    until: null,
    nodes: metered ? [] : [dice.pick(nodes).id],
    services: [],
    products: metered ? ['object-storage'] : [],
    note: 'simulation',
  };
  await attempt(life, 'outage', { brand, actor: life.staff[0] }, (tx, ctx) => outageOpen(tx, ctx, said));
}

async function outagesEnd(life: Life): Promise<void> {
  const { dice, world } = life;
  const { db } = world.server.house;
  const open = await db
    .selectFrom('outages_outage as o')
    .innerJoin('outages_entry as e', (join) =>
      join.onRef('e.outage_id', '=', 'o.id').onRef('e.number', '=', 'o.entry'),
    )
    .selectAll('e')
    .select(['o.brand', 'o.opened_at'])
    .where((e) => e.or([e('o.settled_entry', 'is', null), e('o.settled_entry', '<', e.ref('o.entry'))]))
    .orderBy('o.id')
    .execute();
  for (const { brand, outage_id: id, number, ...entry } of open) {
    const by = { brand, actor: life.staff[0] };
    if (entry.until_at) {
      if (!dice.is(0.4)) continue;
      const discretion = dice.pick(['extend', 'leave'] as const);
      await attempt(life, 'settle outage', by, (tx, ctx) =>
        outageSettle(tx, ctx, { outageId: id, entry: number, discretion }),
      );
    } else if (dice.is(0.4)) {
      const { cause, note, nodes, services, products, from_at: from } = entry;
      const until = new Date(+world.clock.now() - dice.whole(0, 30) * 60_000);
      const said = {
        title: entry.title as Said['title'],
        cause,
        note,
        nodes,
        services,
        products,
        from,
        until,
      };
      await attempt(life, 'outage over', by, (tx, ctx) => outageWrite(tx, ctx, { id, after: number, said }));
    }
  }
}

/** What a revision changes, brand by brand; each is given again later, so that figures go up and down. */
const REVISIONS: Record<string, [RegExp, string[]]> = {
  lantian: [/grace_days: \d+, then: delete/, ['grace_days: 5, then: delete', 'grace_days: 3, then: delete']],
  asiayun: [/notice_days: 3 }|notice_days: 4 }/, ['notice_days: 4 }', 'notice_days: 3 }']],
  yunfuwuqi: [/grace_days: \d+, then: end/, ['grace_days: 10, then: end', 'grace_days: 20, then: end']],
  qiniu: [/end_days: (30|25)$/m, ['end_days: 25', 'end_days: 30']],
};

/** An operator publishes a revision that is dated today. */
export async function revision(life: Life): Promise<void> {
  const { dice, world } = life;
  if (!dice.is(0.006)) return;
  const { house } = world.server;
  const brand = dice.pick(Object.keys(REVISIONS).filter((id) => life.brands.includes(id)));
  const [figure, texts] = REVISIONS[brand]!;
  const path = join(life.brandsDir, brand, 'terms.yaml');
  const before = await readFile(path, 'utf8');
  const day = naturalDay(world.clock.now(), house.brands.get(brand).zone);
  const text = texts.find((one) => !before.includes(one)) ?? texts[0]!;
  await writeFile(path, before.replace(/^version: ".*"/m, `version: "${day}"`).replace(figure, text));
  await asSystem(house, brand, 'simulation', (tx, ctx) => termsLoad(tx, ctx));
  // Its agreement is that of the other, and is dated with it.
  if (brand === 'asiayun') {
    const other = join(life.brandsDir, 'wujiyun', 'terms.yaml');
    const own = await readFile(other, 'utf8');
    await writeFile(other, own.replace(/^version: ".*"/m, `version: "${day}"`));
    await asSystem(house, 'wujiyun', 'simulation', (tx, ctx) => termsLoad(tx, ctx));
  }
  count(life, 'revision');
}
