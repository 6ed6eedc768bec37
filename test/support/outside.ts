import { mustRun, program } from '#server/local/program.ts';

/** A host elsewhere: a network namespace with an address of its own, from which a node's public ports are asked. */
export interface Outside {
  /** It refuses what it is asked. */
  address: string;
  /** What each says first, null where nobody answers; TCP is connected to, UDP is sent a datagram. */
  hears(asked: Asked[]): Promise<(string | null)[]>;
  close(): Promise<void>;
}

export interface Asked {
  protocol: string;
  address: string;
  port: number;
}

/** Documentation's networks (RFC 5737, RFC 3849): nobody's on the internet. */
const hosts = (index: number) => ({
  NEAR: `203.0.113.${1 + index}`,
  FAR: `203.0.113.${79 + index}`,
  NEAR6: `2001:db8:${77 + index}::1`,
  FAR6: `2001:db8:${77 + index}::79`,
});
/** The node by IPv6, as the first host elsewhere reaches it. */
export const NODE_BY_IPV6 = hosts(0).NEAR6;

/** `index`: of those that are open side by side on this machine. */
export async function openOutside(name: string, index = 0): Promise<Outside> {
  const { NEAR, FAR, NEAR6, FAR6 } = hosts(index);
  const [near, far] = [`${name}a`, `${name}b`];
  const there = (...args: string[]) => mustRun('ip', ['-n', name, ...args]);
  await mustRun('ip', ['netns', 'add', name]);
  await mustRun('ip', ['link', 'add', near, 'type', 'veth', 'peer', 'name', far, 'netns', name]);
  await mustRun('ip', ['address', 'add', `${NEAR}/32`, 'dev', near]);
  await mustRun('ip', ['address', 'add', `${NEAR6}/64`, 'dev', near, 'nodad']);
  await mustRun('ip', ['link', 'set', near, 'up']);
  await mustRun('ip', ['route', 'add', `${FAR}/32`, 'dev', near]);
  await there('link', 'set', far, 'up');
  await there('address', 'add', `${FAR}/32`, 'dev', far);
  await there('address', 'add', `${FAR6}/64`, 'dev', far, 'nodad');
  await there('route', 'add', `${NEAR}/32`, 'dev', far);
  await there('route', 'add', 'default', 'via', NEAR, 'dev', far, 'onlink');
  return {
    address: FAR,
    async hears(asked) {
      const args = ['netns', 'exec', name, process.execPath, '-e', ASK, JSON.stringify(asked)];
      const { code, stdout, stderr } = await program('ip', args);
      if (code !== 0) throw new Error(`asking from ${name}: ${stderr}`);
      return JSON.parse(stdout) as (string | null)[];
    },
    close: async () => void (await mustRun('ip', ['netns', 'del', name])),
  };
}

const ASK = `const net = require('node:net'), dgram = require('node:dgram');
const tcp = ({ address, port }) => new Promise((end) => {
  const socket = net.connect(port, address);
  const over = (said) => { socket.destroy(); end(said); };
  setTimeout(over, 1500, null);
  socket.once('data', (data) => over(String(data)));
  socket.once('error', () => over(null));
});
const udp = ({ address, port }) => new Promise((end) => {
  const socket = dgram.createSocket(net.isIPv6(address) ? 'udp6' : 'udp4');
  const send = () => socket.send('x', port, address);
  const again = setInterval(send, 300);
  const over = (said) => { clearInterval(again); socket.close(); end(said); };
  const late = setTimeout(over, 1500, null);
  socket.once('message', (data) => { clearTimeout(late); over(String(data)); });
  socket.once('error', () => { clearTimeout(late); over(null); });
  send();
});
Promise.all(JSON.parse(process.argv[1]).map((one) => (one.protocol === 'udp' ? udp : tcp)(one)))
  .then((said) => { process.stdout.write(JSON.stringify(said)); process.exit(0); });`;
