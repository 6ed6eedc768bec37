export { heldReceipts } from './transfer-read.ts';
