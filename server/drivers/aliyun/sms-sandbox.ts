import { randomInt } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import {
  type AliyunSandbox,
  type AliyunSandboxOptions,
  type Answer,
  header,
  refusal,
  startSandbox,
} from './sandbox-wire.ts';

const PRODUCT = 'Dysmsapi';
const HOUR_MS = 3_600_000;
/** By number and template: codes in an hour, all else in a day. */
const LIMITS = { code: { messages: 5, ms: HOUR_MS }, other: { messages: 50, ms: 24 * HOUR_MS } };

export interface SandboxSms {
  to: string;
  sign: string;
  text: string;
}

export interface SmsSandboxOptions extends AliyunSandboxOptions {
  /** What is approved: signatures, and texts by their codes, with `${name}` places. */
  signs: ReadonlySet<string>;
  templates: ReadonlyMap<string, string>;
  /** The time of the records, which may be a moved one; signatures go by the real time. */
  now: () => Date;
  /** Where what arrives is shown. */
  deliver?: (sms: SandboxSms) => Promise<void> | void;
}

interface Sent {
  at: Date;
  to: string;
  biz: string;
  out: string;
  code: string;
  text: string;
  status: 1 | 2 | 3;
  error: string;
}

/**
 * Speaks SendSms and QuerySendDetails of Dysmsapi 2017-05-25 on this machine (see sandbox-wire.ts for what it verifies).
 * What happens to a message depends on the number: …0000 is out of service, …0001 is refused for the time being, …0002
 * never gets a report; all others arrive. Numbers are spared as the service does it; records are kept in memory.
 */
export function startSmsSandbox(options: SmsSandboxOptions): Promise<AliyunSandbox> {
  const book: Sent[] = [];
  return startSandbox(options, PRODUCT, (request) => {
    const { searchParams: query } = new URL(request.url ?? '/', 'http://sandbox');
    const action = actionOf(request);
    if (action === 'SendSms') return send(options, book, query);
    if (action === 'QuerySendDetails') return details(book, query);
    return refusal(
      PRODUCT,
      404,
      'InvalidAction.NotFound',
      'Specified api is not found, please check your url and method.',
    );
  });
}

function actionOf(request: IncomingMessage): string | null {
  return header(request, 'x-acs-version') === '2017-05-25' ? header(request, 'x-acs-action') : null;
}

const business = (Code: string, Message: string): Answer => ({ status: 200, body: { Code, Message } });

async function send(options: SmsSandboxOptions, book: Sent[], query: URLSearchParams): Promise<Answer> {
  const to = (query.get('PhoneNumbers') ?? '').replace(/^(\+|00)?86(?=1\d{10}$)/, '');
  const sign = query.get('SignName') ?? '';
  const code = query.get('TemplateCode') ?? '';
  const template = options.templates.get(code);
  if (!/^1[3-9]\d{9}$/.test(to)) return business('isv.MOBILE_NUMBER_ILLEGAL', `${to}无效号码`);
  if (!options.signs.has(sign)) return business('isv.SMS_SIGNATURE_ILLEGAL', '签名不合法');
  if (!template) return business('isv.SMS_TEMPLATE_ILLEGAL', '模板不合法');
  const filled = fillIn(template, query.get('TemplateParam') ?? '');
  if ('status' in filled) return filled;
  const limited = to.endsWith('0001') || oftener(book, options.now(), to, code, template);
  if (limited) return business('isv.BUSINESS_LIMIT_CONTROL', '触发小时级流控Permits:5');
  const biz = `${randomInt(1e9)}^${randomInt(1e9)}`;
  const text = `【${sign}】${filled.text}`;
  const status = to.endsWith('0000') ? 2 : to.endsWith('0002') ? 1 : 3;
  const error = { 1: '', 2: 'MOBILE_NOT_ON_SERVICE', 3: 'DELIVERED' }[status];
  book.push({ at: options.now(), to, biz, out: query.get('OutId') ?? '', code, text, status, error });
  if (status !== 2) await options.deliver?.({ to, sign, text });
  return { status: 200, body: { Code: 'OK', Message: 'OK', BizId: biz } };
}

/** Each place of the template wants a value: a text of 1 to 35 characters without addresses. */
function fillIn(template: string, json: string): { text: string } | Answer {
  let given: unknown;
  try {
    given = JSON.parse(json || '{}');
  } catch {
    return business('isv.INVALID_JSON_PARAM', 'JSON参数不合法，只接受字符串值');
  }
  const values = given as Record<string, unknown>;
  if (Object.values(values).some((value) => typeof value !== 'string'))
    return business('isv.INVALID_JSON_PARAM', 'JSON参数不合法，只接受字符串值');
  const names = [...template.matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name!);
  const missing = names.find((name) => !values[name]);
  if (missing) return business('isv.TEMPLATE_MISSING_PARAMETERS', `模板变量缺少对应参数值:${missing}`);
  if (names.some((name) => String(values[name]).length > 35))
    return business('isv.PARAM_LENGTH_LIMIT', '参数超过长度限制');
  if (names.some((name) => /https?:|www\./i.test(String(values[name]))))
    return business('isv.PARAM_NOT_SUPPORT_URL', '变量不支持传入URL');
  return { text: template.replace(/\$\{(\w+)\}/g, (_, name: string) => String(values[name])) };
}

function oftener(book: Sent[], now: Date, to: string, code: string, template: string): boolean {
  const limit = /\$\{code\}/.test(template) ? LIMITS.code : LIMITS.other;
  const recent = book.filter((each) => each.to === to && now.getTime() - each.at.getTime() < limit.ms);
  return recent.filter((each) => each.code === code).length >= limit.messages;
}

function details(book: Sent[], query: URLSearchParams): Answer {
  const day = query.get('SendDate') ?? '';
  const size = Number(query.get('PageSize'));
  const page = Number(query.get('CurrentPage'));
  if (!/^\d{8}$/.test(day) || !(size >= 1 && size <= 50) || !(page >= 1))
    return business('isv.INVALID_PARAMETERS', '参数异常');
  const biz = query.get('BizId');
  const rows = book.filter(
    (each) =>
      each.to === query.get('PhoneNumber') &&
      beijing(each.at).startsWith(`${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}`),
  );
  const found = rows.filter((each) => !biz || each.biz === biz).slice((page - 1) * size, page * size);
  const SmsSendDetailDTO = found.map((each) => ({
    PhoneNum: each.to,
    SendStatus: each.status,
    ErrCode: each.error,
    TemplateCode: each.code,
    Content: each.text,
    SendDate: beijing(each.at),
    ReceiveDate: each.status === 1 ? '' : beijing(each.at),
    OutId: each.out,
  }));
  const body = {
    Code: 'OK',
    Message: 'OK',
    TotalCount: String(rows.length),
    SmsSendDetailDTOs: { SmsSendDetailDTO },
  };
  return { status: 200, body };
}

function beijing(at: Date): string {
  return new Date(at.getTime() + 8 * HOUR_MS).toISOString().slice(0, 19).replace('T', ' ');
}
