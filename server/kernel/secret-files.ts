import { readFileSync } from 'node:fs';

/** A setting that can't be; the message names it and repeats no value. */
export class ConfigError extends Error {}

/** Secrets that are values of the environment; each may stand in a file instead, which a vault's agent writes. */
const SECRETS = [
  'DATABASE_URL',
  'DATABASE_OWNER_URL',
  'SMTP_URL',
  'ALIYUN_ACCESS_KEY_SECRET',
  'CLOUDPACT_SEAL_KEY_NEXT',
] as const;

type Environment = Record<string, string | undefined>;

/** `NAME_FILE` names the file whose text is `NAME`: the environment as if each had been given by its value. */
export function withSecretFiles(env: Environment): Environment {
  const signIn = Object.keys(env).flatMap(
    (name) => /^(CLOUDPACT_SIGN_IN_.+_SECRET)_FILE$/.exec(name)?.[1] ?? [],
  );
  const read: Environment = { ...env };
  for (const name of [...SECRETS, ...signIn]) {
    const file = env[`${name}_FILE`];
    if (!file) continue;
    if (env[name]) throw new ConfigError(`${name} and ${name}_FILE: one of them`);
    read[name] = contentOf(`${name}_FILE`, file);
    delete read[`${name}_FILE`];
  }
  return read;
}

function contentOf(name: string, file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (cause) {
    throw new ConfigError(`${name}: ${file} can't be read`, { cause });
  }
}
