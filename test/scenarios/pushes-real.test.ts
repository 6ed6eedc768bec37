import assert from 'node:assert/strict';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { WebSocket } from 'ws';
import { systemClock } from '#kernel/clock.ts';
import type { OrderBody, StoryCustomer } from '#server/story/customer.ts';
import { openRealNode } from '#server/story/real-node.ts';
import { newSshKey, type SshKey, ssh, sshWithin } from '#server/story/ssh.ts';
import type { World } from '#server/world.ts';
import { eventually } from '../contracts/inside.ts';
import { noHypervisor } from '../contracts/local-lxd.ts';
import { BrandSite } from '../support/brand-site.ts';
import { accept, NEW_ACCESS, offer, offersTo, prove, pushCustomer } from '../support/pushes.ts';
import { askpass, entersByKey, entersByPassword, lingering } from '../support/ssh.ts';
import { beforeWorlds, testWorld } from '../support/world.ts';

/** A pushed server of the real hypervisor, entered by real SSH: the new owner comes in, who had it before doesn't. */

const absent = await noHypervisor();
const GIVERS = 'Plum-rain-and-9-geese';
let world: World;
let url: string;
let giver: StoryCustomer;
let taker: StoryCustomer;
let keys: { giver: SshKey; spare: SshKey; taker: SshKey };
let asker: string;
let machine: { id: string; host: string; port: number };

before(
  async () => {
    if (absent) return;
    const real = await openRealNode(join(tmpdir(), 'cloudpact-test', 'pushes'), () => undefined);
    beforeWorlds(() => real.stop());
    world = await testWorld({ ticking: true, start: systemClock.now(), nodes: [real.node] });
    ({ url } = new BrandSite(world, 'asiayun'));
    keys = { giver: await newSshKey(), spare: await newSshKey(), taker: await newSshKey() };
    for (const key of Object.values(keys)) beforeWorlds(() => key.remove());
    const asks = await askpass();
    beforeWorlds(() => asks.remove());
    asker = asks.file;
    [giver, taker] = [await pushCustomer(url, '200'), await pushCustomer(url)];
    const access = { type: 'ssh_key' as const, public_key: keys.giver.publicKey };
    const id = await giver.order({ plan: 'ay-1', region: 'hk', access });
    const made = await giver.until(id, ({ state }) => state === 'active', 240);
    const { host, port } = made.instance!.ssh!;
    machine = { id, host, port };
  },
  { timeout: 300_000 },
);

const at = (key: SshKey) => ({ ...machine, keyFile: key.file });

async function taken(from: StoryCustomer, to: StoryCustomer, access: OrderBody['access']) {
  await prove(from);
  const { id, code } = await offer(from, machine.id, { email: to.email });
  await prove(to);
  const seen = (await offersTo(to)).find((one) => one.id === id)!;
  await accept(to, id, { code, as_shown: seen.as_shown, access });
}

function opened({ api }: StoryCustomer): WebSocket {
  const headers = { cookie: api.cookie(), host: new URL(url).host, origin: url };
  return new WebSocket(`${world.url.replace('http', 'ws')}/api/v1/services/${machine.id}/terminal`, {
    headers,
  });
}

test('F61 [asiayun 3.1.1] the new owner’s key enters the real machine; the giver’s keys, password, sessions and terminal don’t', {
  timeout: 240_000,
}, async (t) => {
  if (absent) return t.skip(absent);
  // A giver who means to stay: another key, where sshd looks too, a password, a program, an open session.
  await sshWithin(at(keys.giver), `echo root:${GIVERS} | chpasswd`, 20);
  await ssh(at(keys.giver), `echo '${keys.spare.publicKey}' > /root/.ssh/authorized_keys2`);
  await ssh(at(keys.giver), 'echo kept > /root/data; nohup sleep 4242 >/dev/null 2>&1 &');
  const hostKey = await ssh(at(keys.giver), 'cat /etc/ssh/ssh_host_ed25519_key.pub');
  assert.equal(await entersByKey(at(keys.spare)), true, 'it did before');
  assert.equal(await entersByPassword(machine, GIVERS, asker), true, 'it did before');
  const session = lingering(at(keys.giver));
  t.after(session.end);
  await session.entered;
  const terminal = opened(giver);
  const closed = once(terminal, 'close');
  await once(terminal, 'message');

  const access = { type: 'ssh_key' as const, public_key: keys.taker.publicKey };
  await taken(giver, taker, access);
  const began = performance.now();
  const [code] = await closed;
  t.diagnostic(`terminal closed with ${code} after ${Math.round(performance.now() - began)} ms`);
  await session.over;
  t.diagnostic(`session over after ${Math.round(performance.now() - began)} ms`);
  await world.drain();
  t.diagnostic(`drained after ${Math.round(performance.now() - began)} ms`);
  assert.equal(await sshWithin(at(keys.taker), 'cat /root/data', 30), 'kept\n', 'it passed with its data');
  t.diagnostic(`entered after ${Math.round(performance.now() - began)} ms`);
  assert.equal(await entersByKey(at(keys.giver)), false);
  assert.equal(await entersByKey(at(keys.spare)), false);
  assert.equal(await entersByPassword(machine, GIVERS, asker), false);
  assert.notEqual(await ssh(at(keys.taker), 'cat /etc/ssh/ssh_host_ed25519_key.pub'), hostKey);
  assert.match(await ssh(at(keys.taker), 'pgrep -fc "[s]leep 4242" || true'), /^0\n/);
});

test('F61 [asiayun 3.1.1] what the giver broke inside keeps the ports shut until the new owner mends it at the terminal', {
  timeout: 240_000,
}, async (t) => {
  if (absent) return t.skip(absent);
  const session = lingering(at(keys.taker));
  t.after(session.end);
  await session.entered;
  await ssh(at(keys.taker), 'mv /usr/sbin/chpasswd /usr/sbin/chpasswd.kept');
  await taken(taker, giver, NEW_ACCESS);
  await session.over;
  const shut = await giver.until(machine.id, ({ instance }) => instance?.trouble === true);
  assert.equal(shut.instance?.passing, true);
  assert.equal(await entersByKey(at(keys.taker)), null, 'nobody answers there');
  const socket = opened(giver);
  await once(socket, 'message');
  socket.send(Buffer.from('mv /usr/sbin/chpasswd.kept /usr/sbin/chpasswd; exit\n'));
  await once(socket, 'close');
  await giver.until(machine.id, ({ instance }) => instance?.passing === false);
  await world.drain();
  await eventually('the new password enters', () =>
    entersByPassword(machine, NEW_ACCESS.password, asker).then(Boolean),
  );
  assert.equal(await entersByKey(at(keys.taker)), false);
});
