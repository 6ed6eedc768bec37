import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Brands } from '#kernel/brands.ts';
import { systemClock } from '#kernel/clock.ts';
import { readConfig } from '#kernel/config.ts';
import { meant } from '#kernel/nearest.ts';
import { wallClock } from '#kernel/time.ts';
import { readNodes } from '#modules/compute/index.ts';
import { startPostgres } from '#server/local/postgres.ts';
import { endProcess, isRunning } from '#server/local/supervise-process.ts';
import { realParts } from '#server/world-mover.ts';
import { STATE_FILE, type WorldState } from '#server/world-serve.ts';
import { instantFrom, spanFrom } from '#server/world-span.ts';
import { CommandError, command, dataDirOf, PROJECT_ROOT, portOf, UsageError } from './command.ts';
import { startDetached } from './detach.ts';
import { codeSoon, type WorldClient, worldClient } from './world-client.ts';

const ACTS = ['new', 'advance', 'until', 'status', 'close'];
const PORT = '8090';

/** A world whose clock staff move: a deployment of its own under the data directory, where nothing is real. */
export const run = command({
  options: {
    data: { type: 'string' },
    brand: { type: 'string', default: 'lantian' },
    start: { type: 'string' },
    port: { type: 'string' },
    host: { type: 'string', default: '127.0.0.1' },
  },
  words: ['act', 'time'],
  run: async (values, [act, time]) => {
    if (!act || !ACTS.includes(act))
      throw new UsageError(
        `world new, advance 30d, until 2027-03-01, status or close${act ? meant(act, ACTS) : ''}`,
      );
    const dir = join(dataDirOf(values.data), 'world');
    if (act === 'new') return begin(dir, values);
    if (act === 'close') return close(dir);
    const state = await living(dir);
    if (act === 'status') return status(dir, state);
    if (!time)
      throw new UsageError(
        act === 'advance' ? 'how far? world advance 30d' : 'until when? world until 2027-03-01',
      );
    return move(dir, state, act === 'advance' ? { by: time } : { until: time });
  },
});

const print = (line: string) => void process.stdout.write(`${line}\n`);

function readState(dir: string): WorldState | null {
  const path = join(dir, STATE_FILE);
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as WorldState) : null;
}

async function living(dir: string): Promise<WorldState> {
  const state = readState(dir);
  if (state && (await isRunning(state.process))) return state;
  throw new CommandError('there is no world: ./cloudpact world new');
}

interface Begin {
  brand: string;
  start?: string | undefined;
  port?: string | undefined;
  host: string;
}

async function begin(dir: string, { brand: id, start: given, port, host }: Begin): Promise<number> {
  const brands = Brands.load(join(PROJECT_ROOT, 'brands')).all;
  const brand = brands.find((one) => one.id === id);
  if (!brand)
    throw new UsageError(
      `there is no brand ${id}${meant(
        id,
        brands.map((one) => one.id),
      )}`,
    );
  const start = given === undefined ? systemClock.now() : instantFrom(given, brand.zone);
  if (!start) throw new UsageError(`'${given}' is no date: give one as 2027-03-01`);
  refuseRealPlaces();
  if (existsSync(dir))
    throw new CommandError('there is a world already: world status shows it, world close ends it');
  const chosen = portOf(port ?? PORT);
  const options = { dir, port: String(chosen), host, brand: id, start: start.toISOString() };
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
  try {
    await startDetached(dir, args, join(PROJECT_ROOT, 'server/world-serve.ts'));
  } catch (error) {
    await close(dir);
    throw error;
  }
  const state = readState(dir);
  if (!state) throw new CommandError(`it ended as soon as it was ready; see ${dir}/logs`);
  return status(dir, state);
}

/** Where money, mail, people or machines are real, time is too. */
function refuseRealPlaces(): void {
  const config = readConfig({ ...process.env, DATABASE_URL: 'postgres://127.0.0.1/world' });
  const real = realParts(config, config.nodesFile ? readNodes(config.nodesFile) : []);
  if (real.length > 0)
    throw new CommandError(`no world is begun where something is real: ${real.join('; ')}`);
}

const client = (dir: string, state: WorldState) =>
  worldClient(state, (session) =>
    writeFileSync(join(dir, STATE_FILE), JSON.stringify({ ...state, session }, null, 2), { mode: 0o600 }),
  );

async function status(dir: string, state: WorldState): Promise<number> {
  const { now, target, failed } = await (await client(dir, state)).state();
  const { zone } = Brands.load(join(PROJECT_ROOT, 'brands')).get(state.brand);
  print(
    `Its clock shows ${wallClock(new Date(now), zone)} (${zone})${target ? `, on its way to ${wallClock(new Date(target), zone)}` : ''}.`,
  );
  if (failed) print(`It stopped on its last way: ${failed}`);
  print(`  Console 控制台   ${state.site}/`);
  print(`  Back office 后台 ${state.site}/staff/world`);
  for (const { role, email, password, totp } of state.logins) {
    const code = totp ? `  code 验证码 ${codeSoon(totp, now)}` : '';
    print(`  ${role.padEnd(9)} ${email}  ${password}${code}`);
  }
  print('Everything in it is simulated. 其中一切均为模拟。');
  return 0;
}

async function move(dir: string, state: WorldState, to: { by: string } | { until: string }): Promise<number> {
  const { zone } = Brands.load(join(PROJECT_ROOT, 'brands')).get(state.brand);
  const wellFormed = 'by' in to ? spanFrom(systemClock.now(), to.by, zone) : instantFrom(to.until, zone);
  if (!wellFormed)
    throw new UsageError(
      'by' in to ? `'${to.by}' is no span: 30d, 12h, 45min, 3mo` : `'${to.until}' is no date: 2027-03-01`,
    );
  const own = await client(dir, state);
  await own.advance(to);
  const end = await arrived(own, zone);
  if (end.failed) throw new CommandError(`it stopped on its way: ${end.failed}`);
  print(`Its clock shows ${wallClock(new Date(end.now), zone)} (${zone}), after ${end.stops} due dates.`);
  return 0;
}

/** Tells where it is every few seconds until it is there. */
async function arrived(client: WorldClient, zone: string) {
  for (let looks = 1; ; looks++) {
    const state = await client.state();
    if (!state.target) return state;
    if (looks % 25 === 0) print(`… ${wallClock(new Date(state.now), zone)}, ${state.stops} due dates`);
    await sleep(200);
  }
}

/** Ends it and removes all that it had. */
async function close(dir: string): Promise<number> {
  if (!existsSync(dir)) {
    print('There is no world.');
    return 0;
  }
  const state = readState(dir);
  const steps = [
    { signal: 'SIGTERM' as const, timeoutMs: 40_000 },
    { signal: 'SIGKILL' as const, timeoutMs: 5_000 },
  ];
  if (state) await endProcess(state.process, steps);
  // One that was killed leaves its database running.
  if (existsSync(join(dir, 'postgres/cluster/postmaster.pid'))) {
    const postgres = await startPostgres({ dir: join(dir, 'postgres'), log: () => undefined });
    await postgres.stop();
  }
  rmSync(dir, { recursive: true, force: true });
  print('The world is gone.');
  return 0;
}
