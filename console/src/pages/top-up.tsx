import { useSuspenseQuery } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { Form, Input, Radio } from 'antd';
import { useState } from 'react';
import { startPayment } from '../api/acts.ts';
import { useAct } from '../api/client.ts';
import { brandQuery } from '../api/queries.ts';
import { useTexts } from '../i18n/texts.ts';
import { ActButton } from '../ui/act-button.tsx';
import { FormAlert } from '../ui/form-alert.tsx';
import { useFormProblem } from '../ui/form-problem.ts';
import { typedYuan, yuan } from '../ui/format.ts';
import { Page, Panel, SandboxNote, useSession } from '../ui/kit.tsx';
import { keepReturn } from './top-up-memory.ts';

const PRESETS = ['10', '20', '50', '100', '200'];

/** Fields that problems of these codes are about. */
const PROBLEM_FIELDS = { 'amount-out-of-range': 'amount' };

interface Values {
  preset: string;
  amount: string;
}

/** Amount, then off to the channel's own page. */
export function TopUpPage() {
  const { t } = useTexts();
  const search = useSearch({ from: '/console/top-up' });
  const brand = useSuspenseQuery(brandQuery).data;
  const session = useSession();
  const wanted = typedYuan(search.amount ?? '');
  const [form] = Form.useForm<Values>();
  const preset = Form.useWatch('preset', form);
  const typed = Form.useWatch('amount', form);
  const problem = useFormProblem(form, { codes: PROBLEM_FIELDS });
  const [leaving, setLeaving] = useState(false);
  const act = useAct(startPayment, {
    onSuccess: ({ id, pay_url }) => {
      if (search.back) keepReturn(id, search.back);
      setLeaving(true);
      window.location.assign(webAddress(pay_url ?? `/top-up/${id}`));
    },
    onError: problem.show,
  });
  const amount = preset === 'other' ? typedYuan(typed ?? '') : typedYuan(preset ?? '');
  return (
    <Page
      title={t('topUp.title')}
      lead={
        <span className="spaced">
          <span>
            {t('nav.balance')} <strong>{yuan(session.balance)}</strong>
          </span>
          <span>{t('topUp.note')}</span>
          {search.back ? <span>{t('topUp.back')}</span> : null}
        </span>
      }
    >
      <div className="stack" style={{ maxWidth: 560 }}>
        {brand.sandbox.payment ? <SandboxNote>{t('topUp.sandbox')}</SandboxNote> : null}
        <Panel>
          <FormAlert trouble={problem.trouble} />
          <Form<Values>
            form={form}
            layout="vertical"
            initialValues={{
              preset: wanted ? 'other' : '20',
              amount: wanted ?? '',
            }}
            onValuesChange={problem.clear}
            onFinish={() => amount && act.mutate({ amount, channel: 'alipay' })}
          >
            <Form.Item name="preset" label={t('topUp.amount')}>
              <Radio.Group
                aria-label={t('topUp.amount')}
                optionType="button"
                options={[
                  ...PRESETS.map((value) => ({ value, label: `¥${value}` })),
                  { value: 'other', label: t('topUp.other') },
                ]}
              />
            </Form.Item>
            <Form.Item
              name="amount"
              label={t('topUp.other')}
              hidden={preset !== 'other'}
              rules={
                preset === 'other'
                  ? [
                      {
                        validator: (_, value: string) =>
                          typedYuan(value ?? '')
                            ? Promise.resolve()
                            : Promise.reject(new Error(t('topUp.amountInvalid'))),
                      },
                    ]
                  : []
              }
              validateTrigger="onBlur"
            >
              <Input prefix="¥" inputMode="decimal" maxLength={12} style={{ maxWidth: 220 }} />
            </Form.Item>
            <Form.Item label={t('topUp.channel')}>
              <Radio checked>{t('topUp.alipay')}</Radio>
              {brand.sandbox.payment ? <span className="label">{t('billing.sandboxPayment')}</span> : null}
            </Form.Item>
            <ActButton type="primary" htmlType="submit" busy={act.isPending || leaving}>
              {amount ? t('topUp.submit', { amount: yuan(amount) }) : t('topUp.submitPlain')}
            </ActButton>
          </Form>
        </Panel>
      </div>
    </Page>
  );
}

/** An address that a browser may be sent to: never `javascript:` and the like. */
export function webAddress(address: string): string {
  const url = new URL(address, window.location.href);
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw new Error(`not a web address: ${url.protocol}`);
  return url.href;
}
