import type { Texts } from '../shape.ts';
import type { prices as zh } from '../zh/prices.ts';

export const prices: Texts<typeof zh> = {
  prices: {
    title: 'Announced prices',
    lead: 'Prices that were announced and will hold. What is paid stays as it is.',
    none: 'No change of prices is announced.',
    moves: 'Your services',
    movesLead: 'The next renewal at or after the time shown costs the new price; before it, the old one.',
    changes: 'From {{at}}',
    item: 'Item',
    service: 'Service',
    from: 'Was (a month)',
    to: 'Will be (a month)',
    at: 'Holds from',
    paidUntil: 'Paid until',
    keep: 'Services that run keep their price.',
    move: 'Services that run pay the new price from their next renewal on.',
    ahead: 'renewals {{price}} from {{at}}',
    running: 'Services that run',
    runningKeep: 'keep their price',
    runningMove: 'move with their next renewal (each is told)',
  },
  align: {
    title: 'Due on one day',
    lead: 'Pays the time by which services end sooner than the last of them, so that they are due together.',
    open: 'Due on one day',
    choose: 'Choose two services or more',
    until: 'All end at',
    each: 'To pay',
    total: 'In all',
    pay: 'Pay {{amount}} and align',
    missing: 'The balance lacks {{amount}}',
    done: 'They are due on one day now',
    none: 'There have to be two running services.',
  },
};
