import type { Meter } from '../../api/usage.ts';
import { useTexts } from '../../i18n/texts.ts';
import { inUnits, yuan } from '../../ui/format.ts';

/** What a tariff gives for nothing and asks for the rest, tier by tier. */
export function TariffText({ tariff, unit: named }: { tariff: Meter['tariff']; unit: Meter['unit'] }) {
  const { t, pick } = useTexts();
  const unit = pick(named);
  // A tariff speaks of priced units already.
  const count = (quantity: string) => `${inUnits(quantity, '1')} ${unit}`;
  return (
    <span className="spaced">
      {tariff.free ? <span>{t('usage.free', { quantity: count(tariff.free) })}</span> : null}
      {tariff.tiers.length > 1 ? <span>{t(`usage.modes.${tariff.mode}`)}</span> : null}
      {tariff.tiers.map((tier) => (
        <span key={tier.up_to ?? 'beyond'}>
          {tier.up_to
            ? t('usage.upTo', { quantity: count(tier.up_to) })
            : tariff.tiers.length > 1
              ? t('usage.beyond')
              : tariff.free
                ? t('usage.afterFree')
                : null}{' '}
          <strong>{t('usage.unitPrice', { price: yuan(tier.price), unit })}</strong>
        </span>
      ))}
    </span>
  );
}
