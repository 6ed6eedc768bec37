export { catalogueLoad } from './catalogue-load.ts';
export { type Catalogue, catalogueInForce, shown } from './catalogue-read.ts';
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
export { imageOf, price, type Quote, type Selection } from './rules.ts';
export { stockReturn, stockTake, stockTaken } from './stock.ts';
