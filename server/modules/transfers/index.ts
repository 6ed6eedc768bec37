export { type ScanType as SlipType, scanType as slipType } from '#kernel/scan.ts';
export { heldReceipts } from './transfer-read.ts';
