import { z } from 'zod';
import { transact } from '#kernel/db.ts';
import type { House } from '#kernel/house.ts';
import type { JobInfo, JobTable } from '#kernel/jobs.ts';
import { MailError } from './driver.ts';
import type { AttemptTable } from './tables.ts';

const payload = z.object({ notices: z.array(z.uuid()).min(1) });

export function jobs(house: House): JobTable {
  return {
    /**
     * Mail may arrive twice when we die between the server's yes and our record; its Message-ID is the same. One that
     * fails doesn't keep the others of its batch: each is tried, and what is left queued is tried again with the job.
     */
    'notify.deliver': async (raw, info) => {
      const { notices } = payload.parse(raw);
      let failed: unknown = null;
      for (const id of notices) await deliver(house, id, info).catch((error: unknown) => (failed = error));
      if (failed) throw failed;
    },
  };
}

async function deliver(house: House, id: string, { attempt, last }: JobInfo): Promise<void> {
  const notice = await house.db
    .selectFrom('notify_notice')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  if (notice.state !== 'queued') return;
  const from = house.brands.get(notice.brand).mailFrom[notice.locale];
  try {
    const { address: to, subject, body: text } = notice;
    await house.ports.mailer.send({ id, from, to, subject, text });
    await conclude(house, id, attempt, 'sent', null);
  } catch (error) {
    const refused = last || (error instanceof MailError && error.permanent);
    const detail = (error as Error).message.slice(0, 300);
    await conclude(house, id, attempt, refused ? 'refused' : 'retry', detail);
    if (!refused) throw error;
  }
}

async function conclude(
  house: House,
  id: string,
  number: number,
  outcome: AttemptTable['outcome'],
  detail: string | null,
): Promise<void> {
  const at = house.clock.now();
  await transact(house.db, async (tx) => {
    await tx
      .insertInto('notify_attempt')
      .values({ notice_id: id, number, at, outcome, detail })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    if (outcome === 'retry') return;
    const sent = outcome === 'sent';
    await tx
      .updateTable('notify_notice')
      .set({ state: sent ? 'sent' : 'failed', sent_at: sent ? at : null })
      .where('id', '=', id)
      .execute();
    await tx
      .updateTable('notify_notice')
      .set({ subject: '******', body: '******' })
      .where('id', '=', id)
      .where('secret', '=', true)
      .execute();
  });
}
