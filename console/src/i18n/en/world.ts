import type { Texts } from '../shape.ts';
import type { world as zh } from '../zh/world.ts';

export const world: Texts<typeof zh> = {
  world: {
    banner: 'A world with a moved clock',
    bannerNow: 'its now is',
    bannerGoing: 'on its way, it shows',
    nothingReal: 'money, mail and machines are simulated',
    nav: 'Clock',
    title: 'The clock of this world',
    lead: 'Time moves on; at each due date on the way all that is due is done. The clock never goes back.',
    clock: 'Clock',
    now: 'Now',
    target: 'On its way to',
    stands: 'nowhere; it ticks with real time',
    stops: 'Due dates on the last way',
    failed: 'It stopped on its way',
    move: 'Move it',
    moveLead: 'Or give a span (45min, 12h, 30d, 3mo) or a date (2027-03-01).',
    hour: 'An hour on',
    day: 'A day on',
    week: 'A week on',
    month: 'A month on',
    to: 'Span or date',
    toHint: '30d or 2027-03-01',
    go: 'Move',
  },
};
