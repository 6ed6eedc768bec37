import { Form, Input } from 'antd';
import { useTexts } from '../i18n/texts.ts';

/** Which fields of a form the refusals of a number and of its code belong to. */
export const PHONE_PROBLEMS = { codes: { 'phone-form': 'phone', 'phone-code-wrong': 'code' } };

/** A mainland number. `own`: the one that its owner signs in by. */
export function PhoneField({ own = false }: { own?: boolean }) {
  const { t } = useTexts();
  return (
    <Form.Item
      name="phone"
      label={t(own ? 'phone.own' : 'phone.number')}
      extra={own ? undefined : t('phone.numberHint')}
      rules={[{ required: true, message: t('phone.numberInvalid') }]}
    >
      <Input type="tel" inputMode="tel" autoComplete="tel" maxLength={20} />
    </Form.Item>
  );
}

/** The six digits that went to it. `shown`: its ends, where the page doesn't say elsewhere that they are on their way. */
export function PhoneCodeField({ shown }: { shown?: string }) {
  const { t } = useTexts();
  return (
    <Form.Item
      name="code"
      label={t('phone.code')}
      extra={shown ? t('phone.sent', { shown }) : undefined}
      rules={[{ required: true, pattern: /^\s*\d{6}\s*$/, message: t('phone.codeInvalid') }]}
      validateTrigger="onBlur"
    >
      <Input className="mono" inputMode="numeric" autoComplete="one-time-code" maxLength={8} />
    </Form.Item>
  );
}
