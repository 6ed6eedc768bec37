import { randomBytes } from 'node:crypto';
import { systemClock } from '#kernel/clock.ts';
import type { CompanyRequest, Verdict } from '#modules/verification/driver.ts';
import { acs3Call } from './acs3.ts';
import type { AliyunRealNameConfig } from './real-name.ts';

/** BizCode: consistent, inconsistent, no such company on record. */
const OUTCOMES: Record<string, Verdict> = { '1': 'pass', '2': 'fail', '3': 'fail' };

/**
 * Alibaba Cloud's three-element check of a company (企业要素验证 V2, Cloudauth 2019-03-07, EntElementVerifyV2: name,
 * unified social credit code, legal person). The official package of that API has no method for it, so the call is
 * signed here, by the same key and with the elements in the body. One attempt a call; `report` is told why there was no
 * answer.
 */
export function aliyunCompany(
  config: AliyunRealNameConfig,
  report: (fields: Record<string, unknown>) => Verdict,
): (request: CompanyRequest) => Promise<Verdict> {
  const { accessKeyId, accessKeySecret, endpoint, protocol, timeoutMs = 10_000 } = config;
  // The service refuses what is a quarter of an hour off by the real time, whatever a world's clock says.
  const wire = { accessKeyId, accessKeySecret, endpoint, protocol, now: () => systemClock.now() };
  return async ({ name, creditCode, legalPerson }) => {
    const form = {
      SceneCode: 'real_name',
      MerchantBizId: randomBytes(16).toString('hex'),
      // Ours alone know who asks; the service needs something that tells users apart.
      MerchantUserId: randomBytes(16).toString('hex'),
      UserAuthorization: '1',
      InfoVerifyType: 'ENT_3META',
      LicenseNo: creditCode,
      EntName: name,
      LegalPersonName: legalPerson,
    };
    const call = { action: 'EntElementVerifyV2', version: '2019-03-07', query: {}, form };
    let answer: Record<string, unknown>;
    try {
      answer = await acs3Call(wire, call, AbortSignal.timeout(timeoutMs));
    } catch (error) {
      return report({ code: (error as Error).name === 'TimeoutError' ? 'Timeout' : 'NoAnswer' });
    }
    const { Code, RequestId, Result } = answer as { Code?: unknown; RequestId?: unknown; Result?: unknown };
    const bizCode = (Result as { BizCode?: unknown } | null | undefined)?.BizCode;
    const outcome = Code === 'Success' || Code === '200' ? OUTCOMES[String(bizCode)] : undefined;
    if (outcome) return outcome;
    const code = /^[\w.:-]{1,60}$/.test(String(Code)) ? String(Code) : 'NoAnswer';
    return report({ code, requestId: typeof RequestId === 'string' ? RequestId : null });
  };
}
