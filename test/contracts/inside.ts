import dgram from 'node:dgram';
import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ExecResult, Hypervisor, InstanceSpec } from '#modules/compute/driver.ts';

/** Runs a command and wants it to succeed. */
export async function inside(
  hypervisor: Hypervisor,
  spec: InstanceSpec,
  ...command: string[]
): Promise<string> {
  const { code, stdout, stderr } = await hypervisor.exec(spec.name, command);
  if (code !== 0) throw new Error(`${command.join(' ')} in ${spec.name}: ${code} ${stderr}`);
  return stdout;
}

/** A short perl program (perl-base is all that the image has for this), with `@ARGV`. */
export function perl(
  hypervisor: Hypervisor,
  spec: InstanceSpec,
  text: string,
  ...args: string[]
): Promise<ExecResult> {
  return hypervisor.exec(spec.name, ['perl', '-MIO::Socket::INET', '-e', text, ...args]);
}

/** Creates and starts it, and waits until it has its address and its services run. */
export async function boot(hypervisor: Hypervisor, spec: InstanceSpec): Promise<void> {
  await hypervisor.create(spec);
  await hypervisor.power(spec.name, 'start');
  await booted(hypervisor, spec);
}

export async function booted(hypervisor: Hypervisor, spec: InstanceSpec): Promise<void> {
  await eventually(`${spec.name} has ${spec.address}`, async () => {
    const { stdout } = await hypervisor.exec(spec.name, ['ip', '-4', '-o', 'address', 'show', 'dev', 'eth0']);
    return stdout.includes(` ${spec.address}/`);
  });
  await hypervisor.exec(spec.name, ['systemctl', 'is-system-running', '--wait']);
}

/** Servers inside, kept by systemd: `tcp` answers with that word, `udp` echoes and writes each datagram to a file. */
export async function serveEcho(
  hypervisor: Hypervisor,
  spec: InstanceSpec,
  port: number,
  file: string,
): Promise<void> {
  const tcp = `my $s = IO::Socket::INET->new(Proto => 'tcp', LocalPort => ${port}, Listen => 9, ReuseAddr => 1) or die;
    while (my $c = $s->accept) { print $c "tcp"; close $c }`;
  const udp = `my $s = IO::Socket::INET->new(Proto => 'udp', LocalPort => ${port}) or die; open(my $f, '>>', '${file}');
    $f->autoflush(1); while (defined $s->recv(my $m, 1500)) { print $f "$m\\n"; $s->send("udp $m") }`;
  for (const [name, text] of Object.entries({ tcp, udp })) {
    const unit = `--unit=echo-${name}-${port}`;
    await inside(
      hypervisor,
      spec,
      'systemd-run',
      '-q',
      unit,
      'perl',
      '-MIO::Socket::INET',
      '-MIO::Handle',
      '-e',
      text,
    );
  }
  await eventually('the echo servers listen', async () => {
    const listening = await inside(hypervisor, spec, 'ss', '-lnH', '--tcp', '--udp', `sport = :${port}`);
    return listening.includes('tcp') && listening.includes('udp');
  });
}

/** What a TCP server says first, or null when there's none or no answer in time. */
export function tcpSays(address: string, port: number, timeoutMs = 1_500): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = net.connect(port, address);
    const end = (text: string | null) => {
      clearTimeout(deadline);
      socket.destroy();
      resolve(text);
    };
    const deadline = setTimeout(() => end(null), timeoutMs);
    socket.once('data', (data) => end(data.toString()));
    socket.once('error', () => end(null));
    socket.once('close', () => end(null));
  });
}

/** A connection that stays open, to a server that says each line again; opened with the first. */
export function talk(address: string, port: number): { echoes(line: string): Promise<boolean> } {
  let socket: net.Socket | null = null;
  let heard = '';
  const open = () => {
    const opened = net.connect(port, address).unref();
    opened.on('data', (data) => {
      heard += data.toString();
    });
    // Where nobody listens yet, it is opened again with the next line; that it was cut off later shows as no answer.
    opened.on('error', () => {
      if (heard === '') socket = null;
    });
    return opened;
  };
  return {
    async echoes(line) {
      socket ??= open();
      socket.write(`${line}\n`);
      for (let tries = 0; tries < 30 && !heard.includes(line); tries += 1) await sleep(50);
      return heard.includes(line);
    },
  };
}

/** What a UDP server answers, or null. */
export function udpSays(
  address: string,
  port: number,
  text: string,
  timeoutMs = 1_500,
): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = dgram.createSocket('udp4');
    const end = (answer: string | null) => {
      clearTimeout(deadline);
      clearInterval(again);
      socket.close();
      resolve(answer);
    };
    const send = () => socket.send(text, port, address);
    const deadline = setTimeout(() => end(null), timeoutMs);
    const again = setInterval(send, 300);
    socket.once('message', (data) => end(data.toString()));
    socket.once('error', () => end(null));
    send();
  });
}

/** Asks again and again; the time is a bound for hangs, not a measure. */
export async function eventually(what: string, holds: () => Promise<boolean>): Promise<void> {
  const deadline = AbortSignal.timeout(60_000);
  while (!deadline.aborted) {
    if (await holds()) return;
    await sleep(50);
  }
  throw new Error(`not within a minute: ${what}`);
}
