import { type Micro, multiply, parseYuan } from '#kernel/money.ts';
import { problems } from '#kernel/problem.ts';
import type { LocalizedText } from '#kernel/text.ts';
import type { CatalogueDocument, Image, Plan, Region } from './document.ts';

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
  'no-stock': {
    status: 409,
    title: { zh: '该地区暂时售罄', en: 'Sold out in this region' },
    remedy: {
      zh: '请换一个地区或套餐，没有扣款。',
      en: 'Choose another region or plan; nothing was charged.',
    },
  },
});

export interface Selection {
  plan: string;
  region: string;
  months: number;
}

export interface Quote {
  product: CatalogueDocument['products'][number];
  plan: Plan;
  region: Region;
  lines: { text: LocalizedText; amount: Micro }[];
  total: Micro;
}

/** The one pricing function: catalogue, preview, order and renewal get their amounts here. Throws on what isn't sold. */
export function price(document: CatalogueDocument, selection: Selection): Quote {
  const product = document.products.find(({ plans }) => plans.some(({ id }) => id === selection.plan));
  const plan = product?.plans.find(({ id }) => id === selection.plan);
  if (!product || !plan)
    throw problem['plan-unknown']({}, { errors: [{ field: 'plan', message: selection.plan }] });
  const region = document.regions.find(({ id }) => id === selection.region);
  if (!region || !plan.regions.includes(region.id)) {
    throw problem['region-unknown']({}, { errors: [{ field: 'region', message: selection.region }] });
  }
  const total = multiply(parseYuan(plan.price), BigInt(selection.months));
  const text = {
    zh: `${product.name.zh} ${plan.name.zh}，${region.name.zh}，${selection.months} 个月`,
    en: `${product.name.en} ${plan.name.en}, ${region.name.en}, ${selection.months} month(s)`,
  };
  return { product, plan, region, lines: [{ text, amount: total }], total };
}

export function imageOf(document: CatalogueDocument, id: string): Image {
  const image = document.images.find((candidate) => candidate.id === id);
  if (!image) throw problem['image-unknown']({}, { errors: [{ field: 'image', message: id }] });
  return image;
}
