export { giftsGiveBack, giftsReturn, giftUses } from './gift-return.ts';
export { type Demand, type Payment, pay, payAll, payPreview, type Short } from './pay.ts';
export { notEnough } from './rules.ts';
