import { StoryCustomer } from '#server/story/customer.ts';
import type { World } from '#server/world.ts';

/** A customer who may buy anywhere, with this much in the balance. */
export async function readyCustomer(world: World, balance: string): Promise<StoryCustomer> {
  const customer = new StoryCustomer(world.url);
  await customer.signUp();
  await customer.acceptTerms();
  await customer.verifyRealName();
  await customer.topUp(balance);
  return customer;
}
