import { z } from 'zod';
import type { Sealer } from '#kernel/seal.ts';
import { passwordProblem } from '#modules/identity/index.ts';
import type { Hypervisor } from './driver.ts';
import { problem, readPublicKey } from './rules.ts';

/** How the customer gets in for the first time: a key or a password, sealed until it is in place, then forgotten. */
export const access = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ssh_key'), public_key: z.string() }),
  z.object({ type: z.literal('password'), password: z.string() }),
]);
export type Access = z.infer<typeof access>;

/** As a customer gives it. */
export const accessIn = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ssh_key'), public_key: z.string().max(4_000) }),
  z.object({ type: z.literal('password'), password: z.string().max(128) }),
]);

/** Throws `bad-ssh-key`, `password-characters`, and what refuses a weak password. */
export function checkedAccess(given: Access, hostname: string): Access {
  if (given.type === 'ssh_key') {
    const public_key = readPublicKey(given.public_key);
    if (!public_key)
      throw problem['bad-ssh-key']({}, { errors: [{ field: 'access.public_key', message: 'form' }] });
    return { type: 'ssh_key', public_key };
  }
  const weak = passwordProblem(given.password, [hostname, 'root'], 'access.password');
  if (weak) throw weak;
  // chpasswd reads lines: anything unprintable could begin another one.
  if (!/^[\x20-\x7e]+$/.test(given.password))
    throw problem['password-characters']({}, { errors: [{ field: 'access.password', message: 'ascii' }] });
  return given;
}

export function sealAccess(sealer: Sealer, instanceId: string, value: Access): Buffer {
  return sealer.seal(JSON.stringify(value), `instance:${instanceId}`);
}

export function openAccess(sealer: Sealer, instanceId: string, sealed: Buffer): Access {
  return access.parse(JSON.parse(sealer.open(sealed, `instance:${instanceId}`)));
}

/**
 * Runs inside the machine, of whatever distribution: sets the host name and the way in. The secret comes by
 * standard input, so that no process list shows it. Of a machine that had another owner root's other way in is closed:
 * its keys go, or its password becomes one that nobody knows (locking it would have some sshd refuse keys too), and its
 * host keys are made anew, since who had them could pose as it. Safe to run twice.
 */
const SET_ACCESS = `
set -eu
printf '%s\\n' "$CP_HOSTNAME" > /etc/hostname
hostname "$CP_HOSTNAME" 2>/dev/null || true
grep -q '^127\\.0\\.1\\.1[[:space:]]' /etc/hosts 2>/dev/null &&
  sed -i "s/^127\\.0\\.1\\.1[[:space:]].*/127.0.1.1 $CP_HOSTNAME/" /etc/hosts ||
  printf '127.0.1.1 %s\\n' "$CP_HOSTNAME" >> /etc/hosts
umask 077
if [ "$CP_ALONE" = yes ]; then
  rm -rf /root/.ssh/authorized_keys /root/.ssh/authorized_keys2
  for key in /etc/ssh/ssh_host_*_key; do
    [ -e "$key" ] || continue
    type="\${key#/etc/ssh/ssh_host_}"
    rm -rf "$key" "$key.pub"
    ssh-keygen -q -t "\${type%_key}" -N '' -f "$key"
  done
fi
case "$CP_ACCESS" in
  ssh_key) mkdir -p /root/.ssh && cat > /root/.ssh/authorized_keys ;;
  password) chpasswd ;;
esac
if [ "$CP_ALONE$CP_ACCESS" = yesssh_key ]; then
  printf 'root:%s\\n' "$(head -c 32 /dev/urandom | od -An -v -tx1 | tr -d ' \\n')" | chpasswd
fi`;

/** Waits until something listens on port 22 (0016 in /proc/net), for half a minute at most. */
const AWAIT_SSH = `
i=0
until cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | grep -q ':0016 0*:0000 0A'; do
  i=$((i + 1))
  [ "$i" -lt 300 ] || exit 75
  sleep 0.1
done`;

export class GuestError extends Error {}

export async function applyAccess(
  hypervisor: Hypervisor,
  name: string,
  hostname: string,
  value: Access,
  /** Whether root's other way in is closed: it was somebody else's. */
  options: { alone: boolean },
): Promise<void> {
  const stdin = value.type === 'ssh_key' ? `${value.public_key}\n` : `root:${value.password}\n`;
  const environment = {
    CP_HOSTNAME: hostname,
    CP_ACCESS: value.type,
    CP_ALONE: options.alone ? 'yes' : 'no',
    PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
  };
  const result = await hypervisor.exec(name, ['/bin/sh', '-c', SET_ACCESS], {
    stdin,
    environment,
    timeoutMs: 20_000,
  });
  if (result.code !== 0)
    throw new GuestError(`setting the access failed with ${result.code}: ${result.stderr.slice(0, 200)}`);
}

export async function awaitSsh(hypervisor: Hypervisor, name: string): Promise<void> {
  const result = await hypervisor.exec(name, ['/bin/sh', '-c', AWAIT_SSH], { timeoutMs: 45_000 });
  if (result.code !== 0) throw new GuestError(`sshd doesn't listen (${result.code})`);
}
