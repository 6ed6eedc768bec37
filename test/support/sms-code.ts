import type { World } from '#server/world.ts';

/** The code in the newest SMS to a number. Throws when none came. */
export async function smsCode(world: World, number: string): Promise<string> {
  await world.drain();
  const row = await world.server.house.db
    .selectFrom('notify_sandbox_mail')
    .select('body')
    .where('recipient', '=', number)
    .where('channel', '=', 'sms')
    .orderBy('id', 'desc')
    .executeTakeFirst();
  const code = /\d{6}/.exec(row?.body ?? '')?.[0];
  if (!code) throw new Error(`no code came to ${number}`);
  return code;
}
