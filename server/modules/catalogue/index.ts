export { catalogueLoad } from './catalogue-load.ts';
export {
  type Catalogue,
  catalogueById,
  catalogueInForce,
  cataloguesAhead,
  regionAt,
  shown,
} from './catalogue-read.ts';
export {
  type CouponTaking,
  couponRecurs,
  couponStops,
  couponsRecurring,
  couponsTake,
  couponsUntake,
  isFor,
} from './coupon-recur.ts';
export {
  type Coupon,
  couponFind,
  couponLeft,
  couponReturn,
  couponTake,
  couponUsable,
  discountOf,
} from './coupon-take.ts';
export { type CatalogueDocument, catalogueFile, type Image, type Plan } from './document.ts';
export {
  type Meter,
  type MeteredProduct,
  type MeterKind,
  meteredProduct,
  type Price,
  type QuotaPackage,
  type Tariff,
  unitSize,
  wholeBase,
} from './metered.ts';
export { type PageSaid, type PageTerms, pageSaid } from './page-terms.ts';
export {
  type Discount,
  type Kept,
  type KeptPrice,
  type Line as PricedLine,
  monthlyListed,
  type Options,
  type Piece,
  price,
  priceKept,
  type Quote,
  type Selection,
  taxIn,
} from './price.ts';
export type { PricesAnnounced } from './price-change.ts';
export { movesAdd, movesOf, movesSettle, type PriceMove, pricesMoved } from './price-move.ts';
export { imageOf, type PriceChange } from './rules.ts';
export { stockReturn, stockTake, stockTaken } from './stock.ts';
