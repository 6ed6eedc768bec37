import { sql } from 'kysely';
import { z } from 'zod';
import type { House } from '#kernel/house.ts';
import type { JobTable } from '#kernel/jobs.ts';
import { rowSweep } from '#kernel/row-sweep.ts';
import type { Sweep } from '#kernel/sweeps.ts';
import { checkGiveUp } from './check-ask.ts';
import { consentLapse } from './consent-ask.ts';
import { consentSign } from './consent-sign.ts';
import { demandLapse } from './demand.ts';
import { ofAge } from './of-age.ts';

const payload = z.object({ id: z.uuid() });

export function jobs(house: House): JobTable {
  return { 'verification.consent': (raw) => consentSign(house, payload.parse(raw).id) };
}

export function sweeps(house: House): Sweep[] {
  return [
    // Attempts whose process died before the answer came.
    rowSweep<{ id: string; brand: string }>(house, {
      name: 'verification.checks',
      table: 'identity_real_name_check',
      column: 'give_up_at',
      where: sql`t.state = 'asked'`,
      lock: 'row',
      verb: (tx, ctx, { id }) => checkGiveUp(tx, ctx, id),
    }),
    rowSweep<{ id: string; brand: string }>(house, {
      name: 'verification.consents',
      table: 'verification_consent',
      column: 'expires_at',
      where: sql`t.state = 'asked'`,
      lock: 'row',
      verb: consentLapse,
    }),
    rowSweep<{ id: string; brand: string; customer_id: string }>(house, {
      name: 'verification.of-age',
      table: 'verification_identity',
      column: 'of_age_at',
      where: sql`t.of_age_at is not null and t.ended_at is null`,
      lock: 'row',
      verb: ofAge,
    }),
    rowSweep<{ id: string; brand: string }>(house, {
      name: 'verification.demands',
      table: 'verification_demand',
      column: 'due_at',
      where: sql`t.state = 'open'`,
      lock: 'row',
      verb: demandLapse,
    }),
  ];
}
