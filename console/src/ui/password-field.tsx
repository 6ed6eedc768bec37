import { Form, Input } from 'antd';
import { useTexts } from '../i18n/texts.ts';
import './password-field.css';

const LEVELS = ['weak', 'fair', 'good', 'strong'] as const;

/** 0–3, a hint only: length first, variety second. Whether a password will do is the server's to say. */
function strength(password: string): 0 | 1 | 2 | 3 {
  const kinds = [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z0-9]/].filter((kind) => kind.test(password)).length;
  const distinct = new Set(password).size;
  if (password.length < 8 || distinct < 5) return 0;
  const score = (password.length >= 12 ? 1 : 0) + (password.length >= 16 ? 1 : 0) + (kinds >= 3 ? 1 : 0);
  return Math.min(3, Math.max(1, score)) as 1 | 2 | 3;
}

/** A field for a new password with a hint of its strength. */
export function NewPasswordField({
  name,
  label,
  hint,
}: {
  name: string | string[];
  label: string;
  hint: string;
}) {
  const { t } = useTexts();
  const form = Form.useFormInstance();
  const value: unknown = Form.useWatch(name, form);
  const password = typeof value === 'string' ? value : '';
  const level = strength(password);
  return (
    <Form.Item
      name={name}
      label={label}
      rules={[{ required: true, message: t('field.required') }]}
      extra={
        password ? (
          <span className={`strength strength-${level}`} role="status">
            <span aria-hidden="true">
              <i />
              <i />
              <i />
              <i />
            </span>
            {t('signUp.strength', { level: t(`signUp.${LEVELS[level]}`) })}
          </span>
        ) : (
          hint
        )
      }
    >
      <Input.Password autoComplete="new-password" maxLength={128} />
    </Form.Item>
  );
}
