import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SmsReport } from '#modules/notify/driver.ts';
import { SmsError, type SmsMessage, type SmsSender } from '#modules/notify/driver.ts';

/** What every SmsSender keeps to. Numbers: one that arrives, one out of service, one refused for now, one never reported. */
export interface SmsStage {
  sender: SmsSender;
  now: () => Date;
  numbers: { good: string; dead: string; busy: string; silent: string };
}

let next = 0;
export function sms(changes: Partial<SmsMessage> = {}): SmsMessage {
  const id = `0198c0de-0000-7000-8000-${String(++next).padStart(12, '0')}`;
  const vars = { code: '123456', minutes: '15' };
  return { id, brand: 'lantian', locale: 'zh', to: '13800138000', template: 'phone-code', vars, ...changes };
}

export const refused =
  (code: string, permanent: boolean, numberDead = false) =>
  (error: unknown) => {
    assert.ok(error instanceof SmsError, String(error));
    assert.deepEqual([error.message, error.permanent, error.numberDead], [code, permanent, numberDead]);
    return true;
  };

export function smsSenderContract(name: string, open: () => Promise<SmsStage>): void {
  const send = async (to: 'good' | 'dead' | 'silent', changes: Partial<SmsMessage> = {}) => {
    const stage = await open();
    const message = sms({ to: stage.numbers[to], ...changes });
    const sentAt = stage.now();
    const { receipt } = await stage.sender.send(message);
    const ask = (of: { id?: string; receipt?: string | null } = {}): Promise<SmsReport> =>
      stage.sender.report({ id: message.id, to: message.to, receipt, sentAt, ...of });
    return { ...stage, message, receipt, ask };
  };

  test(`${name}: what is taken is delivered, and found again by its receipt and by its id`, async () => {
    const { receipt, ask } = await send('good');
    assert.ok(receipt);
    assert.equal((await ask()).state, 'delivered');
    assert.equal((await ask({ receipt: null })).state, 'delivered');
  });

  test(`${name}: a number out of service is taken, reported as not delivered, and named as dead`, async () => {
    const { ask } = await send('dead');
    const report = await ask();
    assert.deepEqual([report.state, 'numberDead' in report && report.numberDead], ['undelivered', true]);
    assert.ok(report.code);
  });

  test(`${name}: one without a report waits; one that was never sent is unknown`, async () => {
    const { ask } = await send('silent');
    assert.equal((await ask()).state, 'waiting');
    assert.equal((await ask({ id: sms().id, receipt: null })).state, 'unknown');
  });

  test(`${name}: what is no number is refused for good; what is too much at the moment isn't`, async () => {
    const { sender, numbers } = await open();
    await assert.rejects(sender.send(sms({ to: '12345' })), refused('isv.MOBILE_NUMBER_ILLEGAL', true, true));
    await assert.rejects(
      sender.send(sms({ to: numbers.busy })),
      refused('isv.BUSINESS_LIMIT_CONTROL', false),
    );
  });

  test(`${name}: a text that isn't registered, a place without a value and a value too long never go`, async () => {
    const { sender, numbers } = await open();
    const to = numbers.good;
    await assert.rejects(sender.send(sms({ to, template: 'poem' })), refused('NoTemplate', true));
    const missing = sms({ to, vars: { code: '123456' } });
    await assert.rejects(sender.send(missing), refused('isv.TEMPLATE_MISSING_PARAMETERS', true));
    const long = sms({ to, vars: { code: '1'.repeat(36), minutes: '15' } });
    await assert.rejects(sender.send(long), refused('isv.PARAM_LENGTH_LIMIT', true));
  });
}
