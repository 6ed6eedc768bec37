import type { Bus } from '#kernel/events.ts';
import { billIssueDue } from './bill-issue.ts';
import { billGivenUp, billRefunded, billsDebtsPaid } from './bill-settle.ts';

export function subscribe(bus: Bus): void {
  bus.on('service.bill-due', billIssueDue);
  bus.on('debts.paid', billsDebtsPaid);
  bus.on('debt.given-up', billGivenUp);
  bus.on('order.refunded', billRefunded);
}
