import type { IncomingMessage } from 'node:http';
import {
  type AliyunSandbox,
  type AliyunSandboxOptions,
  type Answer,
  header,
  refusal,
  startSandbox,
} from './sandbox-wire.ts';

const PRODUCT = 'Cloudauth';

/**
 * Speaks Id2MetaVerify and EntElementVerifyV2 of Cloudauth 2019-03-07 on this machine (see sandbox-wire.ts for what it
 * verifies). Numbers with a true date and check digit pass, unless the name, or the legal person's, is 不一致
 * (inconsistent) or 查无 (no record). What was asked is neither kept nor logged.
 */
export function startAliyunSandbox(options: AliyunSandboxOptions): Promise<AliyunSandbox> {
  return startSandbox(options, PRODUCT, (request, body) => verified(request, new URLSearchParams(body)));
}

function verified(request: IncomingMessage, form: URLSearchParams): Answer {
  const action = header(request, 'x-acs-version') === '2019-03-07' ? header(request, 'x-acs-action') : '';
  if (action === 'EntElementVerifyV2') return company(form);
  if (action !== 'Id2MetaVerify') {
    return refusal(
      PRODUCT,
      404,
      'InvalidAction.NotFound',
      'Specified api is not found, please check your url and method.',
    );
  }
  const name = form.get('UserName') ?? '';
  const idNumber = form.get('IdentifyNum') ?? '';
  if (form.get('ParamType') !== 'normal') return refusal(PRODUCT, 400, '401', '参数非法(paramType)');
  if (name === '' || idNumber === '') return refusal(PRODUCT, 400, '400', '参数不能为空');
  if (!/^[\p{Script=Han}·]{2,30}$/u.test(name)) return refusal(PRODUCT, 400, '401', '参数非法(userName)');
  if (!isIdNumber(idNumber)) return refusal(PRODUCT, 400, '401', '参数非法(identifyNum)');
  const bizCode = { 不一致: '2', 查无: '3' }[name] ?? '1';
  return { status: 200, body: { Code: '200', Message: 'success', ResultObject: { BizCode: bizCode } } };
}

/** GB 11643-1999: six digits of place, the date of birth, three of sequence, the check digit of ISO 7064 MOD 11-2. */
function isIdNumber(text: string): boolean {
  const [, year, month, day] = /^[1-9]\d{5}((?:19|20)\d{2})(\d{2})(\d{2})\d{3}[\dX]$/.exec(text) ?? [];
  const birth = new Date(`${year}-${month}-${day}T00:00:00Z`);
  if (Number.isNaN(birth.getTime()) || birth.toISOString().slice(0, 10) !== `${year}-${month}-${day}`)
    return false;
  const sum = [...text].reduce((total, digit, index) => {
    const value = digit === 'X' ? 10 : Number(digit);
    return total + value * (2 ** (17 - index) % 11);
  }, 0);
  return sum % 11 === 1;
}

function company(form: URLSearchParams): Answer {
  const given = (name: string) => form.get(name) ?? '';
  const missing = ['SceneCode', 'MerchantBizId', 'MerchantUserId', 'UserAuthorization', 'InfoVerifyType'];
  const elements = ['LicenseNo', 'EntName', 'LegalPersonName'];
  const absent = [...missing, ...elements].find((name) => given(name) === '');
  if (absent) return refusal(PRODUCT, 400, 'MissingParameter', `Missing parameter: ${absent}`);
  if (given('InfoVerifyType') !== 'ENT_3META' || given('UserAuthorization') !== '1')
    return refusal(PRODUCT, 401, 'InvalidParameter', 'Invalid parameter: InfoVerifyType');
  if (!/^\w{1,32}$/.test(given('SceneCode')) || !/^[a-zA-Z0-9]{1,32}$/.test(given('MerchantBizId')))
    return refusal(PRODUCT, 401, 'InvalidParameter', 'Invalid parameter: MerchantBizId');
  const marks = [given('EntName'), given('LegalPersonName')];
  const unknown = !isCreditCode(given('LicenseNo')) || marks.includes('查无');
  const BizCode = unknown ? '3' : marks.includes('不一致') ? '2' : '1';
  const ReasonDetail = BizCode === '2' ? 'LegalPersonNameFlag' : '';
  const Result = {
    BizCode,
    ReasonDetail,
    ...(BizCode === '1' ? { Status: '在营', OpenTime: '2015-01-01/' } : {}),
  };
  return { status: 200, body: { Code: 'Success', Message: 'success', Result } };
}

/** GB 32100-2015: 18 signs, the last one a check over the others, weights the powers of 3 modulo 31. */
function isCreditCode(code: string): boolean {
  const signs = '0123456789ABCDEFGHJKLMNPQRTUWXY';
  if (code.length !== 18 || [...code].some((sign) => !signs.includes(sign))) return false;
  const sum = [...code].reduce(
    (total, sign, i) =>
      total + signs.indexOf(sign) * [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28, 1][i]!,
    0,
  );
  return sum % 31 === 0;
}
