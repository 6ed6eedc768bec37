/**
 * Clauses that no test shows yet, each with the product that is missing. The list may only shrink: a clause that has
 * its test must go from it, and a clause that isn't in it must have one.
 */
export const OPEN: Record<string, Record<string, string>> = {
  lantian: {},
  asiayun: {
    '2.2.1':
      'a session that isn’t one’s own can be ended and the password changed; telling staff of it waits for tickets',
    '3.1.2': 'instructions by mail and by SMS: nothing reads mail or answers to SMS yet',
    '4.1': 'tickets: there are none yet',
    '6.2':
      'a profile (address, nationality and the optional data): e-mail, phone and the real name’s result are all that is kept',
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
      'buying, restarting, withdrawing, tax invoices and contracts; nobody can reinstall or push a server yet',
    '3.2':
      'no way to pass a service on exists, the platform’s own push neither; what people do outside isn’t seen',
    '6.7':
      'passwords are only hashed; a backup of the platform to another server is the operator’s own doing yet',
  },
  yunfuwuqi: {
    'P1.1':
      'e-mail and phone; of a name only the check’s result is kept, of a company only what tax invoices need',
    P4: 'access control is shown here, the firewall in test/faults/isolation.test.ts, HTTPS is the operator’s proxy',
    'S2.2': 'passwords; there are no API keys yet',
  },
  qiniu: {
    '1.1':
      'offered, measured by other systems and charged here; nothing is stored, delivered or processed yet',
  },
};
