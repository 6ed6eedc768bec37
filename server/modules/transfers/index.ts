export { type SlipType, slipType } from './slip.ts';
export { heldReceipts } from './transfer-read.ts';
