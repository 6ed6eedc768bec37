import type { Bus } from '#kernel/events.ts';
import { billIssueDue } from './bill-issue.ts';
import { billDebtPaid, billGivenUp, billRefunded } from './bill-settle.ts';

export function subscribe(bus: Bus): void {
  bus.on('service.bill-due', billIssueDue);
  bus.on('debt.paid', billDebtPaid);
  bus.on('debt.given-up', billGivenUp);
  bus.on('order.refunded', billRefunded);
}
