import { amountCapitals } from '#kernel/capitals.ts';
import { formatYuan, type Micro } from '#kernel/money.ts';
import type { Field, Paper } from '#kernel/paper.ts';
import type { Locale, LocalizedText } from '#kernel/text.ts';
import { naturalDay, wallClock } from '#kernel/time.ts';
import type { Seller } from './tables.ts';

/** What all papers share: who sends them, how amounts and days are written. */

export const word = (locale: Locale) => (zh: string, en: string) => (locale === 'zh' ? zh : en);

export function yuan(micro: Micro): string {
  const [whole = '', fraction = ''] = formatYuan(micro).split('.');
  return `¥${whole.replace(/\B(?=(\d{3})+$)/g, ',')}.${fraction}`.replace('¥-', '-¥');
}

/** In Chinese capitals where amounts are whole fen; a paper in English has none. */
export function inWords(micro: Micro, locale: Locale): string | undefined {
  if (locale !== 'zh' || micro % 10_000n !== 0n) return undefined;
  return `人民币（大写）：${amountCapitals(micro)}`;
}

export function day(instant: Date, seller: Seller): string {
  return naturalDay(instant, seller.zone);
}

export function moment(instant: Date, seller: Seller): string {
  return wallClock(instant, seller.zone);
}

export function sellerFields(seller: Seller, locale: Locale): Field[] {
  const t = word(locale);
  const { legal } = seller;
  if (!legal) return [[t('名称', 'Name'), seller.brand[locale]]];
  return [
    [t('名称', 'Name'), legal.name[locale]],
    [t('税号', 'Tax number'), legal.tax_number],
    [t('地址', 'Address'), legal.address[locale]],
    [t('电话', 'Phone'), legal.phone],
  ];
}

/** A paper of this seller without its blocks. */
export function sheet(
  seller: Seller,
  locale: Locale,
  facts: { name: LocalizedText; number: string; date: Date },
): Omit<Paper, 'blocks'> {
  const who = seller.legal?.name[locale] ?? seller.brand[locale];
  return {
    title: `${facts.name[locale]} ${facts.number}`,
    language: locale === 'zh' ? 'zh-CN' : 'en',
    colour: seller.colour,
    date: facts.date,
    letterhead: {
      brand: seller.brand[locale],
      tagline: seller.tagline[locale],
      name: facts.name[locale],
      number: facts.number,
    },
    footer: `${who} · ${facts.name[locale]} ${facts.number}`,
  };
}
