export { giftsGiveBack, giftsReturn, giftUses } from './gift-return.ts';
export { type Demand, giftsOf, type Payment, pay, payAll, payPreview, previewOf, type Short } from './pay.ts';
export { type GiftLeft, notEnough } from './rules.ts';
