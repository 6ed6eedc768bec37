import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Book, hours, later } from '../support/outages.ts';
import { revisingWorld } from '../support/revising.ts';

/** An outage is judged by what held when it began, though it is written into the book after a revision was accepted. */

test('[lantian 4.2] [lantian 6.2] an outage before a revision is made good by the version that held then, one after it by the new one', async () => {
  const at = await revisingWorld();
  const { world } = at;
  const customer = await at.customerAt('lantian', '60');
  const service = await at.serviceAt(customer);
  const from = later(world.clock.now(), hours(1));
  await world.advanceTo(later(from, hours(3)));
  const rule = 'outage_extension: { clause: "4.2", rule: discretionary, causes: [force-majeure, upstream] }';
  const version = await at.reviseLantian(
    rule,
    `${rule}\n  outages: { clause: "4.2", excluded: [force-majeure, upstream] }`,
  );
  await customer.acceptTerms();
  assert.equal((await at.acceptances(customer))[0]?.version, version);
  await world.advanceTo(later(world.clock.now(), hours(3)));

  const book = new Book(world, at.siteOf('lantian'));
  const expires = async () => Date.parse((await customer.service(service)).period_end);
  const was = await expires();
  const settle = async (since: Date) => {
    const saying = { from: since, until: later(since, hours(2)), services: [service], cause: 'upstream' };
    await book.settle(await book.record(saying), 'extend');
  };
  await settle(from);
  assert.equal(await expires(), was + hours(2), 'the older version lets it be extended');
  await settle(later(from, hours(3.5)));
  assert.equal(await expires(), was + hours(2), 'the newer one excludes it');
});
