import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import { readPublicKey } from './rules.ts';

let dir: string;
before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'cloudpact-keys-'));
});
after(() => rm(dir, { recursive: true, force: true }));

let made = 0;
/** A key that the system's own ssh-keygen made; null, and the test skipped, where there is none. */
async function key(t: TestContext, type: string, bits: number | null) {
  const file = join(dir, `key${made++}`);
  const size = bits ? ['-b', String(bits)] : [];
  try {
    await promisify(execFile)('ssh-keygen', [
      '-q',
      '-t',
      type,
      ...size,
      '-N',
      '',
      '-C',
      'me@home',
      '-f',
      file,
    ]);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    t.skip('there is no ssh-keygen on this machine');
    return null;
  }
  return {
    secret: await readFile(file, 'utf8'),
    line: (await readFile(`${file}.pub`, 'utf8')).trim(),
  };
}

const KINDS: [type: string, bits: number | null][] = [
  ['ed25519', null],
  ['rsa', 2_048],
  ['rsa', 3_072],
  ['ecdsa', 256],
  ['ecdsa', 384],
  ['ecdsa', 521],
];

for (const [type, bits] of KINDS) {
  test(`${type} keys${bits ? ` of ${bits} bits` : ''} by ssh-keygen are read, cleaned and stay what they are`, async (t) => {
    const pair = await key(t, type, bits);
    if (!pair) return;
    const { line, secret } = pair;
    const [algorithm, blob] = line.split(' ');
    assert.equal(readPublicKey(line), line);
    assert.equal(readPublicKey(`  ${line}\r\n`), line);
    assert.equal(readPublicKey(`${algorithm} ${blob}`), `${algorithm} ${blob}`);

    const refused: Record<string, string> = {
      'the private key': secret,
      'options before it': `command="id",no-pty ${line}`,
      'another option': `environment="LD_PRELOAD=/x" ${line}`,
      'two keys': `${line}\n${line}`,
      'a line feed in the comment': `${line}\nssh-rsa`,
      'a carriage return': `${line}\rx`,
      'a NUL': `${line}\u0000`,
      'cut off': `${algorithm} ${blob!.slice(0, -12)}`,
      'too long': `${algorithm} ${blob!.replace(/=*$/, '')}AAAA`,
      'no blob': algorithm!,
      'another type in front': `${algorithm === 'ssh-rsa' ? 'ssh-ed25519' : 'ssh-rsa'} ${blob}`,
      'upper case': `${algorithm!.toUpperCase()} ${blob}`,
      'not base64': `${algorithm} ${blob!.replace('A', '*')}`,
      'a comment without end': `${line} ${'x'.repeat(300)}`,
      'SSH2 form': `---- BEGIN SSH2 PUBLIC KEY ----\n${blob}\n---- END SSH2 PUBLIC KEY ----`,
    };
    for (const [what, text] of Object.entries(refused)) assert.equal(readPublicKey(text), null, what);
  });
}

test('RSA keys that are too short are refused', async (t) => {
  for (const bits of [1_024, 2_040]) {
    const pair = await key(t, 'rsa', bits);
    if (!pair) return;
    assert.equal(readPublicKey(pair.line), null, `${bits} bits`);
  }
});

test('a key whose inside belies its name is refused: sshd would pass over it in silence', () => {
  const wire = (...fields: (string | Buffer)[]) =>
    Buffer.concat(
      fields.map((field) => {
        const bytes = Buffer.from(field as string);
        const length = Buffer.alloc(4);
        length.writeUInt32BE(bytes.length);
        return Buffer.concat([length, bytes]);
      }),
    ).toString('base64');
  const point = (bytes: number) => Buffer.concat([Buffer.from([4]), Buffer.alloc(bytes - 1, 1)]);
  const ecdsa = 'ecdsa-sha2-nistp256';
  assert.ok(readPublicKey(`${ecdsa} ${wire(ecdsa, 'nistp256', point(65))}`));
  const odd = {
    'another curve': `${ecdsa} ${wire(ecdsa, 'nistp384', point(97))}`,
    'a point of another size': `${ecdsa} ${wire(ecdsa, 'nistp256', point(97))}`,
    'a compressed point': `${ecdsa} ${wire(ecdsa, 'nistp256', Buffer.alloc(33, 2))}`,
    'a field more': `${ecdsa} ${wire(ecdsa, 'nistp256', point(65), 'x')}`,
    'a short ed25519 key': `ssh-ed25519 ${wire('ssh-ed25519', Buffer.alloc(31, 1))}`,
    'RSA of zeros': `ssh-rsa ${wire('ssh-rsa', Buffer.from([1, 0, 1]), Buffer.alloc(257))}`,
    'a certificate': `ssh-ed25519-cert-v01@openssh.com ${wire('ssh-ed25519-cert-v01@openssh.com', Buffer.alloc(32))}`,
    DSA: `ssh-dss ${wire('ssh-dss', Buffer.alloc(128, 1))}`,
    'a length past the end': `ssh-ed25519 ${Buffer.from([255, 255, 255, 255]).toString('base64')}`,
  };
  for (const [what, line] of Object.entries(odd)) assert.equal(readPublicKey(line), null, what);
});
