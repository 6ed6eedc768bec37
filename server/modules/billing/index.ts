export { orderList, shownOrder } from './order-list.ts';
export { type OrderPlaced, type OrderRequest, orderPlace, type PaidOrder } from './order-place.ts';
export { orderRefund } from './order-refund.ts';
export { orderRenew } from './order-renew.ts';
