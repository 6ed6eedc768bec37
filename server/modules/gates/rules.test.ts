import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { readBrandFile } from '#kernel/brand-file.ts';
import { problem as kernelProblem } from '#kernel/problem.ts';
import { type Parameters, termsFile } from '#modules/terms/index.ts';
import { ACTS, type Act, decide, type Facts, parameterOf, type Site } from './rules.ts';

const BRANDS = join(import.meta.dirname, '../../../brands');

const read = new Map<string, Parameters>();
function parametersOf(brand: string): Parameters {
  const known = read.get(brand) ?? readBrandFile(join(BRANDS, brand), 'terms.yaml', termsFile).parameters;
  read.set(brand, known);
  return known;
}

/** A grown-up with everything in order. */
function facts(brand: string, changes: Partial<Facts> = {}): Facts {
  return {
    parameters: parametersOf(brand),
    accepted: true,
    endsAt: null,
    emailVerified: true,
    phoneVerified: false,
    contactsInvalid: [],
    minor: false,
    guardianConsent: false,
    realNamePassed: true,
    restrictions: [],
    moneyFrozen: false,
    owed: 0n,
    withheld: null,
    filings: [{ kind: 'icp-filing', domain: 'example.com' }],
    ...changes,
  };
}

const restricted = (...acts: Facts['restrictions'][number]['acts'][number][]) => ({
  restrictions: [{ id: 'r1', acts, reason: 'why' }],
});

interface Row {
  name: string;
  brand: string;
  changes: Partial<Facts>;
  /** Each act that it shuts, and with what; all others stay as they are with everything in order. */
  shuts: Partial<Record<Act, string>>;
}

const EVERY = (code: string, ...but: Act[]) =>
  Object.fromEntries(ACTS.filter((act) => !but.includes(act)).map((act) => [act, code]));

const ROWS: Row[] = [
  { name: 'everything in order', brand: 'asiayun', changes: {}, shuts: {} },
  {
    name: '[lantian 2.1] no verified mailbox',
    brand: 'lantian',
    changes: { emailVerified: false },
    shuts: { buy: 'email-needed' },
  },
  {
    name: '[qiniu 2.2] a room above holds purchases back: nothing but those is shut',
    brand: 'qiniu',
    changes: { withheld: kernelProblem['not-found']() },
    shuts: { buy: 'withheld' },
  },
  {
    name: '[asiayun 4.5.1-contact] a phone that reaches nobody',
    brand: 'asiayun',
    changes: { contactsInvalid: ['phone'] },
    shuts: { buy: 'contact-invalid', push: 'contact-invalid' },
  },
  {
    name: 'a WeChat id that reaches nobody: no terms ask for it',
    brand: 'asiayun',
    changes: { contactsInvalid: ['wechat'] },
    shuts: {},
  },
  {
    name: '[lantian preamble] terms not accepted',
    brand: 'lantian',
    changes: { accepted: false },
    shuts: { buy: 'terms-not-accepted' },
  },
  {
    name: '[lantian 6.2] a customer who disagrees with a revision',
    brand: 'lantian',
    changes: { endsAt: new Date(0) },
    shuts: { buy: 'disagreement-open', renew: 'disagreement-open' },
  },
  {
    name: '[asiayun 1.1] who hasn’t accepted the terms that hold neither buys nor gives nor takes',
    brand: 'asiayun',
    changes: { accepted: false },
    shuts: { buy: 'terms-not-accepted', push: 'terms-not-accepted' },
  },
  {
    name: '[lantian 1.3] a minor without consent',
    brand: 'lantian',
    changes: { minor: true },
    shuts: { buy: 'guardian-consent-needed' },
  },
  {
    name: 'a minor with consent',
    brand: 'lantian',
    changes: { minor: true, guardianConsent: true },
    shuts: {},
  },
  { name: 'a minor, where the terms know none', brand: 'qiniu', changes: { minor: true }, shuts: {} },
  {
    name: '[lantian 2.2] no real name',
    brand: 'lantian',
    changes: { realNamePassed: false },
    shuts: { mainland: 'real-name-needed' },
  },
  {
    name: '[asiayun 2.1.2] no real name',
    brand: 'asiayun',
    changes: { realNamePassed: false },
    shuts: { mainland: 'real-name-needed' },
  },
  {
    name: 'no real name, where the terms ask for none',
    brand: 'qiniu',
    changes: { realNamePassed: false },
    shuts: {},
  },
  {
    name: '[asiayun 4.5.1-icp] no filing',
    brand: 'asiayun',
    changes: { filings: [] },
    shuts: { website: 'filing-needed' },
  },
  {
    name: '[qiniu 3.1.3.1] no filing',
    brand: 'qiniu',
    changes: { filings: [] },
    shuts: { website: 'filing-needed' },
  },
  { name: 'no filing, where the terms ask for none', brand: 'lantian', changes: { filings: [] }, shuts: {} },
  {
    name: '[asiayun 5.4] all money frozen',
    brand: 'asiayun',
    changes: { moneyFrozen: true },
    shuts: { withdraw: 'money-frozen', push: 'money-frozen' },
  },
  {
    name: 'something owed',
    brand: 'asiayun',
    changes: { owed: 1n },
    shuts: { withdraw: 'owing', push: 'owing' },
  },
  ...ACTS.map(
    (act): Row => ({
      name: `[asiayun 4.5.2.2] only ${act} is restricted`,
      brand: 'asiayun',
      changes: restricted(act),
      shuts: { [act]: 'restricted' },
    }),
  ),
  {
    name: 'banned, the balance lost: papers about what was paid remain',
    brand: 'asiayun',
    changes: restricted('everything'),
    shuts: EVERY('banned', 'tax-invoice', 'contract'),
  },
];

for (const { name, brand, changes, shuts } of ROWS) {
  test(`${name}: shut is ${Object.keys(shuts).join(', ') || 'nothing'}`, () => {
    const usual = Object.fromEntries(ACTS.map((act) => [act, decide(act, facts(brand))?.code]));
    const answers = Object.fromEntries(ACTS.map((act) => [act, decide(act, facts(brand, changes))?.code]));
    assert.deepEqual(answers, { ...usual, ...shuts });
  });
}

test('what the terms don’t offer is shut, by the clause that says so where there is one', () => {
  const cause = decide('withdraw', facts('lantian'));
  assert.deepEqual(cause, { code: 'not-in-terms' });
  assert.equal(parameterOf(cause!, 'withdraw'), 'refund', '[lantian 5.4]');
  assert.equal(decide('push', facts('asiayun')), null, '[asiayun 3.1.1] [asiayun 3.2]');
  assert.equal(decide('push', facts('lantian'))?.code, 'not-in-terms');
  assert.equal(decide('tax-invoice', facts('lantian'))?.code, 'not-in-terms');
});

test('[qiniu 3.1.3.1] a site needs its filing or permit by its type, for its domain', () => {
  const filings: Facts['filings'] = [
    { kind: 'icp-filing', domain: 'example.com' },
    { kind: 'icp-licence', domain: 'shop.cn' },
    { kind: 'bbs', domain: 'example.com' },
  ];
  const missing = (site: Site) => {
    const cause = decide('website', facts('qiniu', { filings }), site);
    return cause?.code === 'filing-needed' ? cause.kinds : cause;
  };
  assert.equal(missing({ domain: 'example.com', kinds: [] }), null);
  assert.equal(missing({ domain: 'www.example.com', kinds: ['icp-filing', 'bbs'] }), null, 'below it too');
  assert.deepEqual(missing({ domain: 'badexample.com', kinds: [] }), ['icp-filing'], 'not a neighbour');
  assert.equal(missing({ domain: 'shop.cn', kinds: ['icp-filing'] }), null, 'a licence is a filing and more');
  assert.deepEqual(
    missing({ domain: 'example.com', kinds: ['icp-licence'] }),
    ['icp-licence'],
    'not the reverse',
  );
  assert.deepEqual(missing({ domain: 'shop.cn', kinds: ['icp-licence', 'health', 'news'] }), [
    'health',
    'news',
  ]);
});

test('where the terms leave a banned customer its balance, it may take it out', () => {
  const parameters = structuredClone(parametersOf('asiayun'));
  const ban = parameters.enforcement!.measures.find(({ measure }) => measure === 'ban')!;
  assert.equal(decide('withdraw', facts('asiayun', restricted('everything')))?.code, 'banned');
  ban.balance = 'own';
  assert.equal(decide('withdraw', { ...facts('asiayun', restricted('everything')), parameters }), null);
});

test('a phone is enough of a contact where the terms ask for a contact, and not where they ask for a mailbox', () => {
  const byPhone = { emailVerified: false, phoneVerified: true };
  assert.equal(decide('buy', facts('lantian', byPhone))?.code, 'email-needed');
  const parameters = structuredClone(parametersOf('qiniu'));
  parameters.contact.need = 'verified-contact';
  assert.equal(decide('buy', { ...facts('qiniu', byPhone), parameters }), null);
  const neither = facts('qiniu', { emailVerified: false });
  assert.equal(decide('buy', { ...neither, parameters })?.code, 'email-needed');
});

test('a restriction of the act itself is told before a ban, a ban before everything else', () => {
  const all = facts('lantian', {
    accepted: false,
    emailVerified: false,
    restrictions: [
      { id: 'ban', acts: ['everything'], reason: 'ban' },
      { id: 'own', acts: ['renew'], reason: 'own' },
    ],
  });
  assert.equal(decide('renew', all)?.code, 'restricted');
  assert.equal(decide('buy', all)?.code, 'banned');
});
