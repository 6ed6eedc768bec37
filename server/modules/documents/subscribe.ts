import type { Bus } from '#kernel/events.ts';
import { taxInvoiceRefunded } from './tax-invoice-refunded.ts';

/** A credit note of the room below may leave a tax invoice with more than was paid. */
export function subscribe(bus: Bus): void {
  bus.on('credit-note.issued', (tx, ctx, event) => taxInvoiceRefunded(tx, ctx, event));
}
