import { createHash, X509Certificate } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { signatureVerify } from '#modules/contracts/index.ts';
import { CommandError, command, dataDirOf, UsageError } from './command.ts';

const WHY = {
  unsigned: 'it has no signature · 没有签名',
  altered: 'it was altered after it was signed · 签名后被改动',
  'added-to': 'something was added after it was signed · 签名后有追加内容',
  unreadable: 'its signature can’t be read · 签名无法读取',
} as const;

/** Verifies a sealed contract with the operator's certificate alone: no server, no database. Exit code 1: not genuine. */
export const run = command({
  options: { data: { type: 'string' }, certificate: { type: 'string' } },
  words: ['verify', 'file'],
  run: async (values, [act, file]) => {
    if (act !== 'verify' || !file)
      throw new UsageError('./cloudpact contract verify FILE [--certificate FILE]');
    const own = values.certificate ?? join(dataDirOf(values.data), 'signer', 'certificate.pem');
    for (const path of [file, own]) if (!existsSync(path)) throw new CommandError(`there is no ${path}`);
    const found = await signatureVerify(readFileSync(file));
    if (!found.good) {
      process.stdout.write(`not genuine 不可信: ${WHY[found.why]}\n`);
      return 1;
    }
    const known = createHash('sha256')
      .update(new X509Certificate(readFileSync(own)).raw)
      .digest('hex');
    const genuine = known === found.fingerprint;
    const lines = [
      genuine ? 'genuine 真实有效' : 'not genuine 不可信: another certificate signed it · 由其他证书签署',
      `signed by 签署方: ${found.subject}`,
      `signed at 签署时间: ${found.signedAt?.toISOString() ?? '—'}`,
      `certificate 证书 SHA-256: ${found.fingerprint}`,
    ];
    process.stdout.write(`${lines.join('\n')}\n`);
    return genuine ? 0 : 1;
  },
});
