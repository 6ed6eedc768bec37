import type { Ports } from '#kernel/house.ts';
import { blindOf } from './checks.ts';
import { identityOf } from './identity-found.ts';
import { readIdNumber } from './numbers.ts';

/** For rooms below. Of persons alone: everybody can look up a company's number. */
export const holderIdentity: Ports['holderIdentity'] = {
  async known(db, customerId) {
    return (await identityOf(db, customerId))?.kind === 'person';
  },
  async is(db, sealer, customerId, text) {
    const found = await identityOf(db, customerId);
    const number = readIdNumber(text)?.number;
    return number !== undefined && found?.blind === blindOf({ sealer }, 'person', number);
  },
};
