import { Form, InputNumber } from 'antd';
import type { Product } from '../api/types.ts';
import { useTexts } from '../i18n/texts.ts';
import { yuan } from '../ui/format.ts';

export type OptionId = 'cpus' | 'memory_mb' | 'disk_gb' | 'bandwidth_mbps' | 'ports' | 'processes';
export type OptionValues = Partial<Record<OptionId, number | null>>;

/** What is added to a plan's limits, each at its price; what isn't sold with the plan isn't asked. */
export function OptionFields({ product, plan }: { product: Product | undefined; plan: string }) {
  const { t, pick } = useTexts();
  const sold = (product?.options ?? []).filter(
    (option) => option.plans === null || option.plans.includes(plan),
  );
  return (
    <div className="option-fields">
      {sold.map((option) => (
        <Form.Item
          key={option.id}
          name={['options', option.id]}
          label={pick(option.name)}
          extra={t('plan.optionPrice', {
            price: yuan(option.price),
            step: option.step,
            unit: pick(option.unit),
          })}
        >
          <InputNumber
            min={0}
            max={option.max}
            step={option.step}
            precision={0}
            suffix={pick(option.unit)}
            style={{ width: '100%' }}
          />
        </Form.Item>
      ))}
    </div>
  );
}

/** Only what is really added. */
export function chosenOptions(values: OptionValues | undefined): Partial<Record<OptionId, number>> {
  return Object.fromEntries(
    Object.entries(values ?? {}).filter((entry): entry is [string, number] => (entry[1] ?? 0) > 0),
  );
}
