import { Alert, Button, Form, Input, InputNumber, Radio } from 'antd';
import { useState } from 'react';
import type { Catalogue, Plan, Product } from '../api/types.ts';
import { useTexts } from '../i18n/texts.ts';
import { megabytes, yuan } from '../ui/format.ts';
import { Panel, SimulatedLabel } from '../ui/kit.tsx';
import { NewPasswordField } from '../ui/password-field.tsx';
import { OptionFields, type OptionValues } from './options-field.tsx';

export interface OrderValues {
  plan: string;
  region: string;
  image: string;
  hostname: string;
  months: number;
  access: 'ssh_key' | 'password';
  public_key?: string;
  password?: string;
  quantity: number;
  options?: OptionValues;
  coupon?: string;
}

/** The choices of an order; they stand in one form with its summary. */
export function OrderForm({
  catalogue,
  values,
  periods,
}: {
  catalogue: Catalogue;
  values: OrderValues;
  /** Months that can be bought at once. */
  periods: number[];
}) {
  const plans = catalogue.products.flatMap((product) => product.plans);
  const plan = plans.find((each) => each.id === values.plan);
  const product = catalogue.products.find((each) => each.plans.some(({ id }) => id === values.plan));
  return (
    <div className="stack">
      <PlanChoice catalogue={catalogue} plans={plans} plan={plan} />
      {product?.options.some((option) => !option.plans || option.plans.includes(values.plan)) ? (
        <OptionChoice product={product} plan={values.plan} />
      ) : null}
      <MachineChoice catalogue={catalogue} periods={periods} product={product} />
      <AccessChoice access={values.access} />
    </div>
  );
}

function PlanChoice({
  catalogue,
  plans,
  plan,
}: {
  catalogue: Catalogue;
  plans: Plan[];
  plan: Plan | undefined;
}) {
  const { t, pick } = useTexts();
  const form = Form.useFormInstance<OrderValues>();
  const reach = (each: Plan, region: Catalogue['regions'][number]) =>
    each.regions.includes(region.id) && region.available && each.in_stock[region.id] === true;
  const keepRegion = (id: string) => {
    const next = plans.find((each) => each.id === id);
    const region = catalogue.regions.find((each) => each.id === form.getFieldValue('region'));
    if (!next || (region && reach(next, region))) return;
    const other = catalogue.regions.find((each) => reach(next, each));
    if (other) form.setFieldValue('region', other.id);
  };
  return (
    <Panel>
      <Form.Item name="plan" label={t('order.plan')}>
        <Radio.Group
          className="choices"
          aria-label={t('order.plan')}
          onChange={(event) => keepRegion(String(event.target.value))}
        >
          {plans.map((each) => {
            const open = catalogue.regions.some((region) => reach(each, region));
            return (
              <Radio key={each.id} value={each.id} disabled={!open} className="choice">
                <span className="choice-name">{pick(each.name)}</span>
                <span className="choice-price">
                  {yuan(each.price)} <small>{t('unit.perMonth')}</small>
                </span>
                <span className="choice-spec">
                  <span>{t('unit.core', { count: each.cpus })}</span>
                  <span>{megabytes(each.memory_mb)}</span>
                  <span>{each.disk_gb} GB</span>
                  <span>{each.bandwidth_mbps} Mbps</span>
                  <span>{t('unit.ports', { count: each.ports })}</span>
                  {open ? null : <strong>{t('order.soldOut')}</strong>}
                </span>
              </Radio>
            );
          })}
        </Radio.Group>
      </Form.Item>
      <Form.Item name="region" label={t('order.region')} style={{ marginBottom: 4 }}>
        <Radio.Group className="choices choices-small" aria-label={t('order.region')}>
          {catalogue.regions
            .filter((region) => !plan || plan.regions.includes(region.id))
            .map((region) => (
              <Radio
                key={region.id}
                value={region.id}
                disabled={!region.available || (plan && !plan.in_stock[region.id])}
                className="choice"
              >
                {pick(region.name)} {region.simulated ? <SimulatedLabel /> : null}
                {region.available ? null : <span className="faint"> {t('order.unavailable')}</span>}
                {plan && region.available && !plan.in_stock[region.id] ? (
                  <span className="faint"> {t('order.soldOut')}</span>
                ) : null}
              </Radio>
            ))}
        </Radio.Group>
      </Form.Item>
    </Panel>
  );
}

function OptionChoice({ product, plan }: { product: Product; plan: string }) {
  const { t } = useTexts();
  return (
    <Panel title={t('plan.options')}>
      <OptionFields product={product} plan={plan} />
    </Panel>
  );
}

function MachineChoice({
  catalogue,
  periods,
  product,
}: {
  catalogue: Catalogue;
  periods: number[];
  product: Product | undefined;
}) {
  const { t, pick } = useTexts();
  return (
    <Panel>
      <Form.Item name="image" label={t('order.image')}>
        <Radio.Group className="choices choices-small" aria-label={t('order.image')}>
          {catalogue.images.map((image) => (
            <Radio key={image.id} value={image.id} disabled={!image.available} className="choice">
              {pick(image.name)}
              {image.available ? null : <span className="faint"> {t('order.unavailable')}</span>}
            </Radio>
          ))}
        </Radio.Group>
      </Form.Item>
      <Form.Item
        name="hostname"
        label={t('order.hostname')}
        extra={t('order.hostnameHint')}
        validateTrigger="onBlur"
        rules={[
          { required: true, whitespace: true, message: t('field.required') },
          { pattern: /^\s*[a-z]([a-z0-9-]{0,61}[a-z0-9])?\s*$/, message: t('order.hostnameInvalid') },
        ]}
      >
        <Input
          className="mono"
          maxLength={63}
          autoComplete="off"
          spellCheck={false}
          style={{ maxWidth: 360 }}
        />
      </Form.Item>
      <Form.Item name="months" label={t('order.period')} style={{ marginBottom: 4 }}>
        <Radio.Group className="choices choices-small" aria-label={t('order.period')}>
          {periods.map((months) => (
            <Radio key={months} value={months} className="choice">
              {t('unit.month', { count: months })} <PeriodOff product={product} months={months} />
            </Radio>
          ))}
        </Radio.Group>
      </Form.Item>
      <Form.Item
        name="quantity"
        label={t('plan.quantity')}
        extra={t('plan.quantityHint')}
        style={{ margin: '16px 0 4px' }}
      >
        <InputNumber min={1} max={20} precision={0} style={{ width: 120 }} />
      </Form.Item>
    </Panel>
  );
}

function PeriodOff({ product, months }: { product: Product | undefined; months: number }) {
  const { t } = useTexts();
  const off = product?.period_discounts.find((each) => each.months === months);
  return off ? <span className="faint">{t('plan.off', { percent: off.percent })}</span> : null;
}

/** How root comes in: by a key or a password; fields of the form in which it stands. */
export function AccessChoice({ access }: { access: OrderValues['access'] }) {
  const { t } = useTexts();
  const form = Form.useFormInstance<OrderValues>();
  const [generated, setGenerated] = useState<string | null>(null);
  const current = Form.useWatch('password', form);
  const generate = () => {
    const password = randomPassword();
    form.setFieldValue('password', password);
    setGenerated(password);
  };
  return (
    <Panel>
      <Form.Item name="access" label={t('order.access')}>
        <Radio.Group className="choices choices-small" aria-label={t('order.access')}>
          <Radio value="ssh_key" className="choice">
            {t('order.sshKey')}
          </Radio>
          <Radio value="password" className="choice">
            {t('order.byPassword')}
          </Radio>
        </Radio.Group>
      </Form.Item>
      {access === 'ssh_key' ? (
        <Form.Item
          name="public_key"
          label={t('order.sshKey')}
          extra={t('order.sshKeyHint')}
          validateTrigger="onBlur"
          rules={[
            { required: true, whitespace: true, message: t('field.required') },
            {
              pattern: /^\s*(ssh-(ed25519|rsa)|ecdsa-sha2-nistp\d+) [A-Za-z0-9+/=]{40,}/,
              message: t('order.sshKeyInvalid'),
            },
          ]}
        >
          <Input.TextArea className="mono" rows={3} maxLength={8000} spellCheck={false} autoComplete="off" />
        </Form.Item>
      ) : (
        <>
          <NewPasswordField name="password" label={t('order.byPassword')} hint={t('order.passwordHint')} />
          <Button size="small" onClick={generate}>
            {t('order.generate')}
          </Button>
          {generated && generated === current ? (
            <Alert
              type="warning"
              style={{ marginTop: 12 }}
              title={t('order.generated')}
              description={<code>{generated}</code>}
            />
          ) : null}
        </>
      )}
    </Panel>
  );
}

/** 20 characters of 55 that can't be mistaken for each other: about 115 bits. */
function randomPassword(): string {
  const letters = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz2345678';
  const picked: string[] = [];
  while (picked.length < 20) {
    // Bytes past the last whole multiple would favour the first letters.
    const [byte = 255] = crypto.getRandomValues(new Uint8Array(1));
    if (byte < Math.floor(256 / letters.length) * letters.length)
      picked.push(letters[byte % letters.length]!);
  }
  return picked.join('');
}
