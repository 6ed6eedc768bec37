import type { Tx } from '#kernel/db.ts';
import { responsibleOf } from '#modules/reach/index.ts';
import type { NoticeKind } from '#modules/wording/index.ts';
import type { NoticeRequest } from './notice-send.ts';

/** By mail alone: the customer itself is told by all the ways that its terms name. */
const BY_MAIL = { email: true, sms: false, site: false, otherwise: [] };

/** Which products a notice is about, where its sender doesn't say; none: the account as a whole. */
function productsOf({ kind, about }: NoticeRequest): readonly string[] {
  return about ?? (OF_SERVERS.test(kind satisfies NoticeKind) ? ['servers'] : []);
}

const OF_SERVERS = /^(service|outage|move|end-proposed)\b/;

/** What whoever is responsible for a product is told besides its customer (七牛云 3.1.6). */
export async function responsibleCopies(tx: Tx, requests: NoticeRequest[]): Promise<NoticeRequest[]> {
  const about = requests.filter(
    (each) => each.to.customerId !== null && !each.secret && productsOf(each).length > 0,
  );
  if (about.length === 0) return [];
  const customers = [...new Set(about.map(({ to }) => to.customerId!))];
  const named = new Map(
    (await responsibleOf(tx, customers)).map((row) => [`${row.customer_id} ${row.product}`, row]),
  );
  return about.flatMap((request) => {
    const people = new Map(
      productsOf(request).flatMap((product) => {
        const person = named.get(`${request.to.customerId} ${product}`);
        return person?.email ? [[person.user_id, { ...person, email: person.email }]] : [];
      }),
    );
    people.delete(request.to.userId ?? '');
    return [...people.values()].map((person, i) => ({
      ...request,
      dedupe: `${request.dedupe}:responsible${i === 0 ? '' : `:${person.user_id}`}`,
      // Not in the account's inbox a second time.
      to: { customerId: null, userId: person.user_id, email: person.email, locale: person.locale },
      terms: null,
      ways: BY_MAIL,
    }));
  });
}
