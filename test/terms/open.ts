/**
 * Clauses that no test shows yet, each with the product that is missing. The list may only shrink: a clause that has
 * its test must go from it, and a clause that isn't in it must have one.
 */
export const OPEN: Record<string, Record<string, string>> = {
  lantian: {},
  asiayun: {
    '2.2.1':
      'a session that isn’t one’s own can be ended and the password changed; telling staff of it waits for tickets',
    '3.1.2':
      'instructions by mail and by SMS: nothing reads mail or answers to SMS yet, and a sender’s address alone proves nobody',
    '4.1': 'tickets: there are none yet',
  },
  yunfuwuqi: {},
  qiniu: {
    '3.1.7':
      'access logs: nothing is served to visitors of customers’ sites yet, so nothing is logged of them',
    '3.2.2.1': 'fault reports: tickets aren’t there yet',
    '3.2.2.2': 'tickets: there are none yet',
    '9.2.3': 'object storage: usage of it is charged, but nothing is stored by this software yet',
  },
};

/** Clauses whose tests show a part of them, each with what is missing: said wherever the coverage is told. */
export const PARTLY: Record<string, Record<string, string>> = {
  asiayun: {
    '3.1.1':
      'buying, restarting, withdrawing, pushing, tax invoices and contracts; nobody can reinstall a server yet',
    '3.2': 'the platform’s own push is the one way to pass a service on; what people do outside isn’t seen',
    '6.7':
      'passwords are only hashed; a backup of the platform to another server is the operator’s own doing yet',
  },
  yunfuwuqi: {
    'P1.1': 'e-mail, phone and, where the customer says it, a name; of a company only what tax invoices need',
    P4: 'access control is shown here, the firewall in test/faults/isolation.test.ts, HTTPS is the operator’s proxy',
  },
  qiniu: {
    '1.1':
      'offered, measured by other systems and charged here; nothing is stored, delivered or processed yet',
  },
};
