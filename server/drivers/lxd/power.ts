import { instancePath, isKind, isStopped, type LxdNode, whenFree } from './node.ts';

const defaultGraceSeconds = 30;
/** An init that has only just started doesn't hear the first request. */
const askAgainSeconds = 5;
const startTimeoutSeconds = 60;
const forceTimeoutSeconds = 30;

export async function changePower(
  node: LxdNode,
  name: string,
  action: 'start' | 'stop' | 'restart',
  graceSeconds: number = defaultGraceSeconds,
): Promise<void> {
  const stopped = isStopped((await node.own(name)).instance);
  if (action !== 'start' && !stopped) await stop(node, name, graceSeconds);
  if (action === 'restart' || (action === 'start' && stopped)) await start(node, name);
}

async function start(node: LxdNode, name: string): Promise<void> {
  await unlessReached(node, name, 'running', () => request(node, name, 'start', false, startTimeoutSeconds));
}

/** Clean while the grace lasts, then by force. */
export async function stop(node: LxdNode, name: string, graceSeconds: number): Promise<void> {
  for (let left = graceSeconds; left > 0; left -= askAgainSeconds) {
    try {
      await request(node, name, 'stop', false, Math.min(left, askAgainSeconds));
      return;
    } catch {
      // Not heard yet, perhaps (Incus says then that a deadline passed); a node that's away fails here again.
      if (isStopped((await node.own(name)).instance)) return;
    }
  }
  await unlessReached(node, name, 'stopped', () => request(node, name, 'stop', true, forceTimeoutSeconds));
}

async function request(
  node: LxdNode,
  name: string,
  action: 'start' | 'stop',
  force: boolean,
  timeoutSeconds: number,
) {
  const body = { action, force, timeout: timeoutSeconds };
  await whenFree(async () => {
    const operation = await node.lxd.start('PUT', `${instancePath(name)}/state`, body);
    if (operation) await node.lxd.wait(operation.id, `${action} ${name}`, (timeoutSeconds + 120) * 1000);
  });
}

/** The state is what counts: a start of what has been started meanwhile isn't an error. */
async function unlessReached(
  node: LxdNode,
  name: string,
  wanted: 'running' | 'stopped',
  change: () => Promise<void>,
): Promise<void> {
  try {
    await change();
  } catch (error) {
    if (!isKind(error, 'rejected')) throw error;
    if (isStopped((await node.own(name)).instance) !== (wanted === 'stopped')) throw error;
  }
}
