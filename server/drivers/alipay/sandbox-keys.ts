import { join } from 'node:path';
import { type KeyPair, keptKeys, newKeyPair } from '../stand-in/key-file.ts';

/** The merchant's pair is ours, the other one plays Alipay's. */
export interface SandboxKeys {
  merchant: KeyPair;
  alipay: KeyPair;
}

/** The local gateway's RSA-2048 keys, made at first use and kept in `dir`. Throws Error when the file is damaged. */
export function sandboxKeys(dir: string): Promise<SandboxKeys> {
  return keptKeys<SandboxKeys>(
    join(dir, 'alipay-sandbox-keys.json'),
    ({ merchant, alipay }) =>
      [merchant, alipay].every((pair) => Boolean(pair?.privateKey) && Boolean(pair?.publicKey)),
    async () => {
      const [merchant, alipay] = await Promise.all([newKeyPair(), newKeyPair()]);
      return { merchant, alipay };
    },
  );
}
