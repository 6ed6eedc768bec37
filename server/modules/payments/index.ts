export {
  type BillEntry,
  billBooks,
  billOf,
  channelSays,
  firstSettled,
  heldFromBill,
  paymentAskSoon,
  refundAskSoon,
} from './bill-books.ts';
export {
  type ChannelRefundRequest,
  channelRefund,
  type Refundable,
  refundablePayments,
} from './channel-refund.ts';
export type { ChannelRefundEvent } from './events.ts';
export { paymentAdopt, referencesIn, transferReference } from './payment-create.ts';
export { paymentCredit } from './payment-credit.ts';
export { heldPayments } from './payment-held.ts';
export { paymentsOpen } from './payment-read.ts';
export {
  type TransferPayment,
  transferClose,
  transferKeep,
  transferList,
  transferLocked,
  transfersLike,
} from './transfer.ts';
