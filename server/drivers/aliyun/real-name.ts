import { setTimeout as delay } from 'node:timers/promises';
import cloudauth from '@alicloud/cloudauth20190307';
import type { PersonRequest, RealNameCheck, Verdict } from '#modules/verification/driver.ts';
import { aliyunCompany } from './company.ts';

export interface AliyunRealNameConfig {
  accessKeyId: string;
  accessKeySecret: string;
  /** Host, with a port if it isn't the protocol's own: cloudauth.aliyuncs.com. */
  endpoint: string;
  /** Plain http only for the stand-in. */
  protocol: 'https' | 'http';
  sandbox: boolean;
  /** Bound on a whole check. Default 10 s. */
  timeoutMs?: number;
}

/** Told why a check was unavailable: codes and request ids, never the name or the number. */
export interface RealNameLog {
  warn(fields: Record<string, unknown>, message: string): void;
}

type Outcome = Verdict;
type Client = InstanceType<typeof cloudauth.default>;

/** BizCode: consistent, inconsistent, no record with the authority. */
const OUTCOMES: Record<string, Outcome> = { '1': 'pass', '2': 'fail', '3': 'fail' };

/**
 * Alibaba Cloud's two-element check (身份二要素核验, Cloudauth 2019-03-07, Id2MetaVerify) by the official SDK,
 * one attempt a call. Throws Error when the configuration would send identities unencrypted.
 */
export function aliyunRealName(config: AliyunRealNameConfig, log?: RealNameLog): RealNameCheck {
  if (config.protocol !== 'https' && !config.sandbox) throw new Error('identities are only sent over https');
  const timeoutMs = config.timeoutMs ?? 10_000;
  const settings = {
    accessKeyId: config.accessKeyId,
    accessKeySecret: config.accessKeySecret,
    endpoint: config.endpoint,
    protocol: config.protocol,
    connectTimeout: timeoutMs,
    readTimeout: timeoutMs,
  };
  // The SDK reads plain members; its Config class stands in a package that it doesn't export.
  const client = new cloudauth.default(settings as ConstructorParameters<typeof cloudauth.default>[0]);
  return {
    method: 'aliyun-id2meta',
    sandbox: config.sandbox,
    companyMethod: 'aliyun-ent3meta',
    async check(request) {
      const bound = new AbortController();
      const late = delay(timeoutMs, undefined, { signal: bound.signal }).then(() =>
        reported(log, { code: 'Timeout' }),
      );
      late.catch(() => undefined); // aborted when the answer came first
      try {
        return await Promise.race([ask(client, request, log), late]);
      } finally {
        bound.abort();
      }
    },
    checkCompany: aliyunCompany(config, (fields) => reported(log, fields)),
  };
}

async function ask(client: Client, { name, idNumber }: PersonRequest, log?: RealNameLog): Promise<Outcome> {
  const request = new cloudauth.Id2MetaVerifyRequest({
    paramType: 'normal',
    userName: name,
    identifyNum: idNumber,
  });
  try {
    const { body } = await client.id2MetaVerify(request);
    const outcome = body?.code === '200' ? OUTCOMES[body.resultObject?.bizCode ?? ''] : undefined;
    return outcome ?? refused(body?.code, body?.message, body?.requestId, log);
  } catch (error) {
    // Not passed on: the SDK hangs the request, with the name and the number, on its errors.
    const { code, data } = error as { code?: string; data?: { Message?: string; RequestId?: string } };
    return refused(code, data?.Message, data?.RequestId, log);
  }
}

/** 401 naming the element is the authority's word that it isn't a name or number at all; all else is no answer. */
function refused(code: unknown, message: unknown, requestId: unknown, log?: RealNameLog): Outcome {
  if (code === '401' && /\((identifyNum|userName)\)/i.test(String(message))) return 'fail';
  return reported(log, { code: String(code ?? 'NoAnswer'), requestId: requestId ? String(requestId) : null });
}

function reported(log: RealNameLog | undefined, fields: Record<string, unknown>): Outcome {
  log?.warn(fields, 'the real-name authority could not be asked');
  return 'unavailable';
}
