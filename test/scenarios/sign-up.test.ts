import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ApiProblem, ok } from '#server/client.ts';
import { StoryCustomer } from '#server/story/customer.ts';
import { testWorld } from '../support/world.ts';

test('who signed up first with somebody else’s address never gets in: the password comes with the code', async () => {
  const world = await testWorld();
  const owner = new StoryCustomer(world.url);
  const stranger = new StoryCustomer(world.url, { email: owner.email });
  const signUp = (who: StoryCustomer, minor: boolean) =>
    ok(
      who.api.POST('/api/v1/auth/sign-up', {
        body: { email: who.email, password: who.password, locale: 'zh', minor },
      }),
    );
  await signUp(stranger, true);
  await signUp(owner, false);
  const code = await owner.code();
  await ok(
    owner.api.POST('/api/v1/auth/verify-email', {
      body: { email: owner.email, code, password: owner.password },
    }),
  );
  const session = await ok(owner.api.GET('/api/v1/auth/session'));
  assert.equal(session.customer.minor, false);
  const body = { email: stranger.email, password: stranger.password };
  await assert.rejects(
    ok(stranger.api.POST('/api/v1/auth/sign-in', { body })),
    (error: ApiProblem) => error.code === 'wrong-credentials',
  );
  await ok(
    owner.api.POST('/api/v1/auth/sign-in', { body: { email: owner.email, password: owner.password } }),
  );
});

test('a code is guessed at five times at most', async () => {
  const world = await testWorld();
  const owner = new StoryCustomer(world.url);
  const { email, password } = owner;
  await ok(owner.api.POST('/api/v1/auth/sign-up', { body: { email, password, locale: 'zh', minor: false } }));
  const code = await owner.code();
  const wrong = code === '000000' ? '000001' : '000000';
  for (const attempt of [wrong, wrong, wrong, wrong, wrong, code]) {
    const answer = ok(
      owner.api.POST('/api/v1/auth/verify-email', { body: { email, code: attempt, password } }),
    );
    await assert.rejects(answer, (error: ApiProblem) => error.code === 'wrong-code');
  }
});
