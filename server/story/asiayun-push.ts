import { ok } from '#server/client.ts';
import { PASSWORD_ACCESS, type Player, type Scene } from './scene.ts';
import { expect } from './telling.ts';

/** A server passes to another customer, the only way in which one may (亚云 3.1.1, 3.2). */
export async function pushesServer(scene: Scene, giver: Player): Promise<void> {
  scene.chapter('A server is pushed to another customer');
  const taker = await scene.join({ terms: '1.1', realName: '2.1.2' });
  const order = { plan: 'ay-1', region: 'hk', hostname: 'pushed', access: PASSWORD_ACCESS };
  const id = await giver.order(order);
  const bought = await giver.until(id, ({ state }) => state === 'active', 90);
  await scene.world.drain();
  const before = await giver.balance();
  await giver.signIn();
  const made = await ok(
    giver.api.POST('/api/v1/services/{id}/pushes', {
      params: { path: { id } },
      body: { to: { email: taker.email } },
    }),
  );
  await taker.signIn();
  const [offer] = (await ok(taker.api.GET('/api/v1/push-offers'))).items;
  expect(offer?.id === made.id && offer.obstacles.length === 0, 'the other sees it and may take it');
  scene.act(
    `${offer.plan} offered, stands until ${made.expires_at}; its code is told by the giver`,
    offer.clause,
  );
  const accept = (code: string) =>
    ok(
      taker.api.POST('/api/v1/push-offers/{id}/acceptance', {
        params: { path: { id: made.id } },
        body: { code, as_shown: offer.as_shown, access: PASSWORD_ACCESS },
      }),
    );
  const wrong = made.code === '00000000' ? '11111111' : '00000000';
  await scene.refused('accepting without the giver’s code', accept(wrong), 'push-code');
  await accept(made.code);
  await scene.world.drain();
  const taken = await taker.service(id);
  expect(taken.period_end === bought.period_end, 'it passed with the time that is paid');
  await scene.refused('the giver, who looks for it', giver.service(id), 'not-found');
  expect((await giver.balance()) === before, 'no money moved');
  const [given] = (await ok(giver.api.GET('/api/v1/pushes/given'))).items;
  scene.act(
    `passed: CNY ${given!.worth} of it not consumed, and still paid by who paid; ${taken.price} a month from ${taken.period_end} on is the new owner's`,
    given!.clause,
  );
  await scene.acted(giver.id, ['push.offered', '3.2'], ['push.given', '3.2']);
  await scene.acted(taker.id, ['push.taken', '3.2']);
}
