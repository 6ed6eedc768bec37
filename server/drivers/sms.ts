import { type Clock, systemClock } from '#kernel/clock.ts';
import type { SmsSender } from '#modules/notify/driver.ts';
import { type ApprovedTemplate, aliyunSms } from './aliyun/sms.ts';
import { type SandboxSms, startSmsSandbox } from './aliyun/sms-sandbox.ts';

interface Said {
  zh: string;
  en: string;
}

/** What of a brand says how its SMS look. */
interface Signing {
  id: string;
  name: Said;
  sms?:
    | { sign: Said; templates: Record<string, { zh?: string | undefined; en?: string | undefined }> }
    | undefined;
}

export interface SmsChoice {
  /** Null: the stand-in takes them. */
  key: { accessKeyId: string; accessKeySecret: string } | null;
  /** Our texts by name, with `{name}` places. */
  texts: Readonly<Record<string, Said>>;
  brands: readonly Signing[];
  clock: Clock;
  deliver: (sms: SandboxSms) => Promise<void>;
  onClose: (close: () => Promise<void>) => void;
}

/** Alibaba Cloud with the operator's key, or its stand-in, where every text counts as approved under a code of its own. */
export async function chooseSms(choice: SmsChoice): Promise<SmsSender> {
  const { brands, clock, deliver } = choice;
  const now = () => systemClock.now();
  if (choice.key) {
    const endpoint = 'dysmsapi.aliyuncs.com';
    const approved = approvedOf(brands);
    return aliyunSms({ ...choice.key, endpoint, protocol: 'https', sandbox: false, now, template: approved });
  }
  const codes = codesOf(choice.texts);
  const key = { accessKeyId: 'sandbox', accessKeySecret: crypto.randomUUID() };
  const signOf = (brand: string) => {
    const { sms, name } = brands.find(({ id }) => id === brand)!;
    return sms?.sign ?? name;
  };
  const sandbox = await startSmsSandbox({
    ...key,
    signs: new Set(brands.flatMap(({ id }) => Object.values(signOf(id)))),
    templates: new Map(codes.map(({ code, text }) => [code, text.replaceAll('{', '${')])),
    now: () => clock.now(),
    deliver,
  });
  choice.onClose(() => sandbox.close());
  return aliyunSms({
    ...key,
    endpoint: sandbox.endpoint,
    protocol: 'http',
    sandbox: true,
    now,
    template({ brand, locale, template }) {
      const found = codes.find((each) => each.name === template && each.locale === locale);
      return found ? { sign: signOf(brand)[locale], code: found.code } : null;
    },
  });
}

function codesOf(texts: SmsChoice['texts']) {
  return Object.entries(texts).flatMap(([name, text], i) =>
    (['zh', 'en'] as const).map((locale, j) => ({
      name,
      locale,
      text: text[locale],
      code: `SMS_${100_000 + 2 * i + j}`,
    })),
  );
}

function approvedOf(brands: readonly Signing[]) {
  return (of: { brand: string; locale: 'zh' | 'en'; template: string }): ApprovedTemplate | null => {
    const sms = brands.find(({ id }) => id === of.brand)?.sms;
    const code = sms?.templates[of.template]?.[of.locale];
    return sms && code ? { sign: sms.sign[of.locale], code } : null;
  };
}
