import { Form, Input, Select } from 'antd';
import { type Factor, QUESTIONS } from '../api/factors.ts';
import { useTexts } from '../i18n/texts.ts';

export interface FactorValues {
  factor: Factor;
  code?: string;
  answer?: string;
}

/** Which of the ways that one has is shown, and the field for it. A passkey has none: the browser asks. */
export function FactorFields({
  factors,
  question,
}: {
  factors: readonly Factor[];
  question?: string | null;
}) {
  const { t } = useTexts();
  const form = Form.useFormInstance();
  const chosen = (Form.useWatch('factor', form) as Factor | undefined) ?? factors[0];
  const asked = QUESTIONS.find((name) => name === question);
  const required = [{ required: true, message: t('field.required') }];
  return (
    <>
      <Form.Item name="factor" label={t('factors.way')} hidden={factors.length < 2}>
        <Select options={factors.map((value) => ({ value, label: t(`factors.${value}`) }))} />
      </Form.Item>
      {chosen === 'totp' ? (
        <Form.Item name="code" label={t('factors.code')} rules={required}>
          <Input inputMode="numeric" autoComplete="one-time-code" maxLength={6} />
        </Form.Item>
      ) : chosen === 'recovery-code' ? (
        <Form.Item name="code" label={t('factors.recoveryCode')} rules={required}>
          <Input autoComplete="off" maxLength={40} />
        </Form.Item>
      ) : chosen === 'question' ? (
        <Form.Item
          name="answer"
          label={asked ? t(`security.questions.${asked}`) : t('factors.answer')}
          rules={required}
        >
          <Input autoComplete="off" maxLength={100} />
        </Form.Item>
      ) : (
        <p className="faint">{t('factors.passkeyHint')}</p>
      )}
    </>
  );
}
