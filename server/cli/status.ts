import { isRunning } from '#server/local/supervise-process.ts';
import { type PartName, type PartState, readRunState } from '#server/local/supervise-state.ts';
import { command, dataDirOf, PROJECT_ROOT } from './command.ts';
import { addresses } from './summary.ts';
import { projectVersion } from './version.ts';

const NAMES: Record<PartName, string> = { server: 'server', hypervisor: 'hypervisor', postgres: 'database' };

/** Tells of each part whether it runs, and where. Exit code 0 when all do, 1 otherwise. */
export const run = command({
  options: { data: { type: 'string' } },
  run: (values) => status(dataDirOf(values.data)),
});

export async function status(dataDir: string): Promise<number> {
  const print = (line: string) => process.stdout.write(`${line}\n`);
  print(`Cloudpact ${await projectVersion(PROJECT_ROOT)}, Node ${process.version}, data in ${dataDir}`);
  const state = readRunState(dataDir);
  if (state === null) {
    print('Not running. ./cloudpact up starts it.');
    return 1;
  }
  const supervised = await isRunning(state.supervisor);
  print(
    line(
      'supervisor',
      supervised ? state.phase : 'NOT RUNNING',
      state.supervisor.pid,
      'was killed?'.repeat(Number(!supervised)),
    ),
  );
  let healthy = supervised && state.phase === 'ready';
  for (const name of ['server', 'hypervisor', 'postgres'] as const) {
    const part = state.parts[name];
    const told =
      part === undefined
        ? { running: false, text: line(NAMES[name], 'not started') }
        : await partLine(name, part);
    healthy &&= told.running;
    print(told.text);
  }
  if (state.url !== null && supervised) {
    const answer = await health(state.url);
    healthy &&= answer === 'healthy';
    print(line('console', answer));
    print(['', ...addresses({ url: state.url, mailbox: !process.env.SMTP_URL })].join('\n'));
  }
  if (!supervised) print('./cloudpact up takes it up again; ./cloudpact down stops what is left.');
  return healthy ? 0 : 1;
}

async function partLine(name: PartName, part: PartState): Promise<{ running: boolean; text: string }> {
  const elsewhere = part.elsewhere === true;
  const running = elsewhere || (part.identity !== null && (await isRunning(part.identity)));
  const restarts = part.restarts === 0 ? '' : `, restarted ${part.restarts} times`;
  const word = elsewhere ? 'in use' : running ? 'running' : 'NOT RUNNING';
  return { running, text: line(NAMES[name], word, part.identity?.pid, `${part.detail}${restarts}`) };
}

function line(name: string, word: string, pid?: number, detail = ''): string {
  return `  ${name.padEnd(11)} ${word.padEnd(12)} ${(pid === undefined ? '' : `pid ${pid}`).padEnd(12)} ${detail}`.trimEnd();
}

/** Asks the server itself; what runs may still not answer. */
async function health(url: string): Promise<string> {
  try {
    const answer = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(3000) });
    return answer.ok ? 'healthy' : `NOT HEALTHY: /readyz answers ${answer.status}`;
  } catch (error) {
    return `NOT ANSWERING: ${error instanceof Error ? error.message : String(error)}`;
  }
}
