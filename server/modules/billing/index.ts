export type { OrderFacts } from './events.ts';
export { type FeePaid, feesPaid } from './fees-paid.ts';
export { type Alignment, alignPreview, ordersAlign } from './order-align.ts';
export { type ChangePlan, type ChangeRequest, changePlan, orderChange } from './order-change.ts';
export { orderEnd, serviceWorth } from './order-end.ts';
export { orderFirst } from './order-first.ts';
export { orderList, shownOrder } from './order-list.ts';
export { orderOrigin } from './order-origin.ts';
export {
  type Cart,
  MOST_PIECES,
  type NewService,
  type OrderPlaced,
  ordersPlace,
  requirePeriod,
} from './order-place.ts';
export { type NewOrder, orderRecord, ordersRecord, type PaidOrder } from './order-record.ts';
export { orderRefund } from './order-refund.ts';
export { ordersRenew } from './order-renew.ts';
export { gross, unconsumed } from './proration.ts';
export { renewalPreview } from './renewal-preview.ts';
export { nothingRefunded } from './rules.ts';
export { coupon, options, orderedShown, quoteShown, selection } from './schemas.ts';
export { STATEMENT_TEXT } from './statement-text.ts';
