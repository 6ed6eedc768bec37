import { naturalDay } from '#kernel/time.ts';
import {
  type SmsAsked,
  SmsError,
  type SmsMessage,
  type SmsReport,
  type SmsSender,
} from '#modules/notify/driver.ts';
import { type Acs3Call, type Acs3Config, acs3Call } from './acs3.ts';

/** What Alibaba Cloud approved for a text of ours: the signature that stands before it, and the template's code. */
export interface ApprovedTemplate {
  sign: string;
  code: string;
}

export interface AliyunSmsConfig extends Acs3Config {
  sandbox: boolean;
  /** Null: this text isn't registered, so it can't be sent. */
  template: (of: Pick<SmsMessage, 'brand' | 'locale' | 'template'>) => ApprovedTemplate | null;
  /** Bound on one call. Default 10 s. */
  timeoutMs?: number;
}

const VERSION = '2017-05-25';
const PAGE_SIZE = 50;
/** Its days are Beijing's. */
const ZONE = 'Asia/Shanghai';

/** Answers that another try doesn't change; of all others it may. */
const FINAL =
  /^(isv\.(MOBILE_NUMBER_ILLEGAL|SMS_TEMPLATE_ILLEGAL|SMS_SIGNATURE_ILLEGAL|TEMPLATE_MISSING_PARAMETERS|TEMPLATE_PARAMS_ILLEGAL|INVALID_JSON_PARAM|INVALID_PARAMETERS|PARAM_LENGTH_LIMIT|PARAM_NOT_SUPPORT_URL|BLACK_KEY_CONTROL_LIMIT|SMS_CONTENT_ILLEGAL|DOMESTIC_NUMBER_NOT_SUPPORTED)|NoTemplate)$/;
/** Of these the number itself is the reason: nobody has it, or it is out of service. */
const NUMBER_DEAD = /^(isv\.MOBILE_NUMBER_ILLEGAL|INVALID_NUMBER|MOBILE_NOT_ON_SERVICE|MK:0001)$/;

/**
 * SmsSender over Alibaba Cloud's Short Message Service (Dysmsapi 2017-05-25: SendSms, QuerySendDetails). Errors name
 * codes, never numbers. Throws Error when the configuration would send them unencrypted.
 */
export function aliyunSms(config: AliyunSmsConfig): SmsSender {
  if (config.protocol !== 'https' && !config.sandbox) throw new Error('numbers are only sent over https');
  const timeoutMs = config.timeoutMs ?? 10_000;
  const ask = (call: Omit<Acs3Call, 'version'>) =>
    answered(acs3Call(config, { ...call, version: VERSION }, AbortSignal.timeout(timeoutMs)));
  return {
    sandbox: config.sandbox,
    async send(message) {
      const approved = config.template(message);
      if (!approved) throw new SmsError('NoTemplate', { permanent: true, numberDead: false });
      const { BizId } = await ask({
        action: 'SendSms',
        query: {
          PhoneNumbers: message.to,
          SignName: approved.sign,
          TemplateCode: approved.code,
          TemplateParam: JSON.stringify(message.vars),
          OutId: message.id,
        },
      });
      return { receipt: typeof BizId === 'string' ? BizId : null };
    },
    async report(asked) {
      for (let page = 1; ; page++) {
        const answer = await ask({ action: 'QuerySendDetails', query: details(asked, page) });
        const rows = rowsOf(answer);
        const found = rows.find(({ OutId }) => OutId === asked.id);
        if (found) return reported(found);
        if (rows.length < PAGE_SIZE) return { state: 'unknown', code: null };
      }
    },
  };
}

function details(asked: SmsAsked, page: number): Record<string, string> {
  return {
    PhoneNumber: asked.to,
    SendDate: naturalDay(asked.sentAt, ZONE).replaceAll('-', ''),
    PageSize: String(PAGE_SIZE),
    CurrentPage: String(page),
    ...(asked.receipt ? { BizId: asked.receipt } : {}),
  };
}

interface Detail {
  OutId?: unknown;
  SendStatus?: unknown;
  ErrCode?: unknown;
}

function rowsOf(answer: Record<string, unknown>): Detail[] {
  const list = (answer.SmsSendDetailDTOs as { SmsSendDetailDTO?: unknown } | undefined)?.SmsSendDetailDTO;
  return Array.isArray(list) ? (list as Detail[]) : [];
}

/** SendStatus: 1 waits for the carrier, 2 failed, 3 arrived. */
function reported({ SendStatus, ErrCode }: Detail): SmsReport {
  const code = typeof ErrCode === 'string' && /^[\w:.-]{1,60}$/.test(ErrCode) ? ErrCode : null;
  if (String(SendStatus) === '3') return { state: 'delivered', code };
  if (String(SendStatus) === '2')
    return { state: 'undelivered', code, numberDead: NUMBER_DEAD.test(code ?? '') };
  return { state: 'waiting', code };
}

async function answered(call: Promise<Record<string, unknown>>): Promise<Record<string, unknown>> {
  let answer: Record<string, unknown>;
  try {
    answer = await call;
  } catch (error) {
    // Not passed on: fetch names the address, and the number stands in it.
    throw new SmsError(`unreachable (${(error as Error).name})`, { permanent: false, numberDead: false });
  }
  if (answer.Code === 'OK') return answer;
  const code = /^[\w.:-]{1,60}$/.test(String(answer.Code)) ? String(answer.Code) : 'NoAnswer';
  throw new SmsError(code, { permanent: FINAL.test(code), numberDead: NUMBER_DEAD.test(code) });
}
