import { parseYuan } from '#kernel/money.ts';
import { problems } from '#kernel/problem.ts';
import type { LocalizedText } from '#kernel/text.ts';
import type { CatalogueDocument, Image, Option } from './document.ts';

export const problem = problems({
  'plan-unknown': {
    status: 422,
    title: { zh: '没有这个套餐', en: 'There is no such plan' },
    remedy: { zh: '请从产品页重新选择。', en: 'Choose one from the product page.' },
  },
  'region-unknown': {
    status: 422,
    title: { zh: '这个套餐不在该地区出售', en: 'This plan is not sold in that region' },
    remedy: { zh: '请选择列出的地区。', en: 'Choose one of the regions that are listed.' },
  },
  'image-unknown': {
    status: 422,
    title: { zh: '没有这个系统镜像', en: 'There is no such image' },
    remedy: { zh: '请选择列出的系统镜像。', en: 'Choose one of the images that are listed.' },
  },
  'option-unknown': {
    status: 422,
    title: { zh: '这个套餐没有该选配项', en: 'This plan has no such option' },
    remedy: { zh: '请从列出的选配项中选择。', en: 'Choose from the options that are listed.' },
  },
  'option-quantity': {
    status: 422,
    title: { zh: '选配数量不正确', en: 'This option can’t be had in that quantity' },
    remedy: {
      zh: '请填 0 到 {max} 之间、{step} 的整数倍。',
      en: 'Choose from 0 to {max}, in steps of {step}.',
    },
  },
  'coupon-unknown': {
    status: 422,
    title: { zh: '没有这张优惠券', en: 'There is no such coupon' },
    remedy: { zh: '请检查优惠码，或不用优惠券下单。', en: 'Check the code, or order without it.' },
  },
  'coupon-not-now': {
    status: 422,
    title: { zh: '优惠券不在有效期内', en: 'This coupon doesn’t hold now' },
    remedy: { zh: '请查看它的有效期。', en: 'See from when until when it holds.' },
  },
  'coupon-scope': {
    status: 422,
    title: { zh: '优惠券不适用于这些产品', en: 'This coupon is not for these products' },
    remedy: { zh: '请选择适用的产品，或不用优惠券下单。', en: 'Choose what it is for, or order without it.' },
  },
  'coupon-first-order': {
    status: 422,
    title: { zh: '优惠券仅限首单', en: 'This coupon is for a first order only' },
    remedy: { zh: '请不用优惠券下单。', en: 'Order without it.' },
  },
  'coupon-not-renewals': {
    status: 422,
    title: { zh: '优惠券不能用于续费', en: 'This coupon is not for renewals' },
    remedy: { zh: '请不用优惠券续费。', en: 'Renew without it.' },
  },
  'coupon-used-up': {
    status: 409,
    title: { zh: '优惠券已用完', en: 'This coupon is used up' },
    remedy: { zh: '没有扣款；请不用优惠券下单。', en: 'Nothing was charged; order without it.' },
  },
  'coupon-code-taken': {
    status: 409,
    title: { zh: '优惠码已存在', en: 'There is a coupon with this code' },
    remedy: { zh: '请换一个优惠码。', en: 'Choose another code.' },
  },
  'price-list-faulty': {
    status: 422,
    title: { zh: '价目表有错误，没有导入任何内容', en: 'The price list has faults; nothing was imported' },
    remedy: {
      zh: '请改正标出的行和列后重新导入。',
      en: 'Correct the rows and columns that are marked, and import it again.',
    },
  },
  'price-list-unchanged': {
    status: 409,
    title: { zh: '价目表与现行价格相同', en: 'The price list changes nothing' },
    remedy: { zh: '无需导入。', en: 'There is nothing to import.' },
  },
  'price-change-too-soon': {
    status: 422,
    title: { zh: '调价须提前 {days} 天公告', en: 'A change of prices is announced {days} days ahead' },
    remedy: { zh: '请把生效时间定在 {earliest} 或之后。', en: 'Let it take effect at {earliest} or later.' },
  },
  'no-stock': {
    status: 409,
    title: { zh: '该地区暂时售罄', en: 'Sold out in this region' },
    remedy: {
      zh: '请换一个地区或套餐，没有扣款。',
      en: 'Choose another region or plan; nothing was charged.',
    },
  },
});

export function imageOf(document: CatalogueDocument, id: string): Image {
  const image = document.images.find((candidate) => candidate.id === id);
  if (!image) throw problem['image-unknown']({}, { errors: [{ field: 'image', message: id }] });
  return image;
}

/** Whether an option goes with a plan. */
export function fits(option: Pick<Option, 'plans'>, plan: string): boolean {
  return option.plans?.includes(plan) ?? true;
}

/** "12.5" (per cent) is 1250 of 10,000. */
export function percentOff(text: string): number {
  const [whole = '', fraction = ''] = text.split('.');
  return Number.parseInt(whole + fraction.padEnd(2, '0'), 10);
}

export interface PriceChange {
  product: string;
  /** One of both is null. */
  plan: string | null;
  option: string | null;
  name: LocalizedText;
  /** Yuan as the catalogue has it. */
  from: string;
  to: string;
}

/** Prices of what is sold before and after; what comes new or goes is no change of a price. */
export function priceChanges(before: CatalogueDocument, after: CatalogueDocument): PriceChange[] {
  const changed = (one: { price: string }, other: { price: string } | undefined) =>
    other !== undefined && parseYuan(one.price) !== parseYuan(other.price);
  return after.products.flatMap((product) => {
    const old = before.products.find(({ id }) => id === product.id);
    const plans = product.plans.map((plan) => ({
      item: plan,
      was: old?.plans.find(({ id }) => id === plan.id),
      plan: plan.id,
      option: null,
    }));
    const options = (product.options ?? []).map((option) => ({
      item: option,
      was: old?.options?.find(({ id }) => id === option.id),
      plan: null,
      option: option.id,
    }));
    return [...plans, ...options]
      .filter(({ item, was }) => changed(item, was))
      .map(({ item, was, plan, option }) => ({
        ...{ product: product.id, plan, option, name: item.name },
        from: was!.price,
        to: item.price,
      }));
  });
}
