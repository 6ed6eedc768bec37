import { setTimeout as sleep } from 'node:timers/promises';
import { ConfigError, readConfig } from '#kernel/config.ts';
import { refuseUnsafe } from '#kernel/production.ts';
import { tryLock } from '#server/local/supervise-lock.ts';
import { makeDataDir, type RunState, readLiveRunState } from '#server/local/supervise-state.ts';
import { CommandError, command, dataDirOf, PROJECT_ROOT, portOf, UsageError } from './command.ts';
import { buildConsole } from './console-build.ts';
import { environment } from './database.ts';
import { startDetached } from './detach.ts';
import { chooseReport } from './report.ts';
import type { RunSettings } from './run.ts';
import { runUntilStopped } from './run-until-stopped.ts';
import { addresses } from './summary.ts';

/** Starts everything on this machine, or says that it runs already. */
export const run = command({
  options: {
    data: { type: 'string' },
    detach: { type: 'boolean', default: false },
    host: { type: 'string' },
    port: { type: 'string' },
    simulated: { type: 'boolean', default: false },
  },
  async run(values) {
    const settings: RunSettings = {
      dataDir: dataDirOf(values.data),
      host: values.host ?? (process.env.HOST || '127.0.0.1'),
      port: portOf(values.port),
      simulated: values.simulated,
      env: environment(),
      serverCommand: [process.execPath, 'server/main.ts'],
      serverDir: PROJECT_ROOT,
      buildConsole: () => buildConsole(PROJECT_ROOT),
    };
    checkEnvironment(settings);
    const args = [
      ...['up', '--data', settings.dataDir, '--host', settings.host, '--port', String(settings.port)],
      ...(settings.simulated ? ['--simulated'] : []),
    ];
    return up(settings, values.detach ? () => startDetached(settings.dataDir, args) : null);
  },
});

/**
 * Starts unless an `up` on this data directory is alive.
 * @param detached how to start in the background; null to stay in the foreground.
 */
export async function up(settings: RunSettings, detached: (() => Promise<number>) | null): Promise<number> {
  const report = chooseReport();
  let waiting = false;
  while (true) {
    const alive = await readLiveRunState(settings.dataDir);
    if (alive?.phase === 'ready') {
      report.ready(alreadyRunning(alive, settings));
      return 0;
    }
    if (alive === null) {
      if (detached !== null) return detached();
      makeDataDir(settings.dataDir);
      const lock = tryLock(`${settings.dataDir}/up.lock`);
      if (lock !== null) return runUntilStopped(settings, lock, report);
    } else if (!waiting) {
      waiting = true;
      const doing = alive.phase === 'stopping' ? 'stopping' : 'starting';
      report.progress.note(`Another up (process ${alive.supervisor.pid}) is ${doing}; waiting for it.`);
    }
    // Somebody else holds the lock, and is starting, stopping, or about to write its state.
    await sleep(100);
  }
}

function alreadyRunning(alive: RunState, settings: RunSettings): string {
  const where = addresses({ url: alive.url ?? '', mailbox: !settings.env.SMTP_URL });
  const first = `Cloudpact is already running (process ${alive.supervisor.pid}); nothing was changed.`;
  return [first, '', ...where].join('\n');
}

/** Finds wrong settings before anything is started. */
function checkEnvironment(settings: RunSettings): void {
  if (settings.host === '') throw new UsageError('--host needs an address');
  try {
    const config = readConfig({
      ...settings.env,
      DATABASE_URL: settings.env.DATABASE_URL || 'postgres://127.0.0.1/cloudpact',
      HOST: settings.host,
      PORT: String(settings.port),
      CLOUDPACT_DATA_DIR: settings.dataDir,
    });
    refuseUnsafe(config);
    const owner = settings.env.DATABASE_OWNER_URL;
    if (owner) refuseUnsafe({ ...config, databaseUrl: owner });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const lines = error.message.split('\n').map((line) => `  ${line}`);
    throw new CommandError(`the settings in the environment are wrong:\n${lines.join('\n')}`, {
      cause: error,
    });
  }
}
