import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { ObservedInstance } from './driver.ts';
import {
  type Desired,
  isHostname,
  nextStep,
  PORTS_PER_SLOT,
  type Step,
  slotAddress,
  slotCount,
  slotPorts,
} from './rules.ts';

test('a host name is one DNS label in lower case (RFC 1123)', () => {
  for (const good of ['a', 'web1', 'a-b', 'x'.repeat(63), 'a--b', 'xn--fiq228c'])
    assert.ok(isHostname(good), good);
  const bad = [
    '',
    '1web',
    '-a',
    'a-',
    'A',
    'a.b',
    'a_b',
    'a b',
    'a\n',
    'é',
    'x'.repeat(64),
    'localhost',
    '云',
  ];
  for (const name of bad) assert.ok(!isHostname(name), JSON.stringify(name));
});

const SPACE = { subnet: '10.88.0.0/16', portFrom: 20_000, portTo: 29_999 };

test('slots: as many as there are addresses and whole port ranges', () => {
  assert.equal(slotCount(SPACE), 500);
  assert.equal(slotCount({ ...SPACE, subnet: '10.88.0.0/24' }), 245);
  assert.equal(slotCount({ ...SPACE, subnet: '10.88.0.0/29' }), 0);
  assert.equal(slotCount({ ...SPACE, portTo: 20_018 }), 0);
  assert.equal(slotCount({ ...SPACE, portTo: 20_019 }), 1);
  assert.equal(slotAddress(SPACE, 0), '10.88.0.10');
  assert.equal(slotAddress(SPACE, 246), '10.88.1.0');
  assert.deepEqual(slotPorts(SPACE, 0, 10), { from: 20_000, to: 20_009 });
  assert.deepEqual(slotPorts(SPACE, 499, 20), { from: 29_980, to: 29_999 });
  assert.deepEqual(slotPorts(SPACE, 1, 500), { from: 20_020, to: 20_039 }, 'never into a neighbour’s');
});

test('no two slots of a node share an address or a port, and none leaves the node’s space', () => {
  const spaces = fc.record({
    bits: fc.integer({ min: 20, max: 29 }),
    portFrom: fc.integer({ min: 10_000, max: 60_000 }),
    length: fc.integer({ min: 1, max: 5_000 }),
  });
  fc.assert(
    fc.property(spaces, fc.integer({ min: 1, max: 30 }), ({ bits, portFrom, length }, ports) => {
      const space = { subnet: `10.200.0.0/${bits}`, portFrom, portTo: portFrom + length - 1 };
      const addresses = new Set<string>();
      let last = portFrom - 1;
      for (let slot = 0; slot < slotCount(space); slot++) {
        const address = slotAddress(space, slot);
        const [, , third = 0, fourth = 0] = address.split('.').map(Number);
        const host = third * 256 + fourth;
        assert.ok(
          host >= 10 && host < 2 ** (32 - bits) - 1,
          `${address}: not the node’s own, not the broadcast`,
        );
        addresses.add(address);
        const { from, to } = slotPorts(space, slot, ports);
        assert.ok(from > last && to >= from && to <= space.portTo && to - from < PORTS_PER_SLOT);
        last = to;
      }
      assert.equal(addresses.size, slotCount(space));
    }),
    { numRuns: 60 },
  );
});

const WANTED: Desired = {
  allowed: 'yes',
  wantedPower: 'running',
  specDigest: 'new',
  restartDue: false,
  accessApplied: true,
  everReady: true,
};
const IS: ObservedInstance = {
  name: 'cp-1',
  serviceId: '1',
  power: 'running',
  busy: false,
  address: '10.88.0.10',
  specDigest: 'new',
};

test('the next step, for everything that can be wanted and be', () => {
  const table: [
    what: string,
    wanted: Partial<Desired>,
    is: Partial<ObservedInstance> | null,
    step: Step | null,
  ][] = [
    ['nothing there yet', { everReady: false, accessApplied: false }, null, 'create'],
    ['made, not started', { everReady: false, accessApplied: false }, { power: 'stopped' }, 'start'],
    ['started, nobody can get in', { everReady: false, accessApplied: false }, {}, 'access'],
    ['all is well', {}, {}, null],
    ['in use and gone: never replaced by an empty one', {}, null, 'missing'],
    ['in use, suspended and gone', { allowed: 'suspended' }, null, 'missing'],
    ['the hypervisor is at it', {}, { busy: true, specDigest: 'old', power: 'stopped' }, 'wait'],
    ['limits or ports changed', {}, { specDigest: 'old' }, 'configure'],
    [
      'changed while stopped by its owner',
      { wantedPower: 'stopped' },
      { specDigest: 'old', power: 'stopped' },
      'configure',
    ],
    [
      'created half, never configured',
      { everReady: false },
      { specDigest: null, power: 'stopped' },
      'configure',
    ],
    ['the host was restarted (F07)', {}, { power: 'stopped' }, 'start'],
    ['stopped by its owner', { wantedPower: 'stopped' }, {}, 'stop'],
    ['stopped, as wanted', { wantedPower: 'stopped' }, { power: 'stopped' }, null],
    ['stopped from inside by a shutdown', {}, { power: 'stopped' }, 'start'],
    ['suspended', { allowed: 'suspended' }, {}, 'stop'],
    ['suspended and stopped', { allowed: 'suspended' }, { power: 'stopped' }, null],
    ['suspended and somebody started it', { allowed: 'suspended', restartDue: true }, {}, 'stop'],
    ['restart asked for', { restartDue: true }, {}, 'restart'],
    [
      'restart asked for, then suspended',
      { allowed: 'suspended', restartDue: true },
      { power: 'stopped' },
      null,
    ],
    [
      'restart asked for before access was in place',
      { restartDue: true, accessApplied: false },
      {},
      'access',
    ],
    ['to be gone, running', { allowed: 'gone' }, {}, 'destroy'],
    ['to be gone, busy or not', { allowed: 'gone' }, { busy: true }, 'destroy'],
    ['to be gone, and gone', { allowed: 'gone' }, null, 'release'],
    ['to be gone, never made', { allowed: 'gone', everReady: false }, null, 'release'],
  ];
  for (const [what, wanted, is, step] of table) {
    assert.equal(nextStep({ ...WANTED, ...wanted }, is && { ...IS, ...is }), step, what);
  }
});

/** What a perfect hypervisor and the reconciler make of a step. */
function performed(
  wanted: Desired,
  is: ObservedInstance | null,
  step: Step,
): [Desired, ObservedInstance | null] {
  switch (step) {
    case 'create':
      return [wanted, { ...IS, power: 'stopped', specDigest: wanted.specDigest }];
    case 'configure':
      return [wanted, { ...is!, specDigest: wanted.specDigest }];
    case 'start':
      return [wanted, { ...is!, power: 'running' }];
    case 'stop':
      return [wanted, { ...is!, power: 'stopped' }];
    case 'restart':
      return [{ ...wanted, restartDue: false }, is];
    case 'access':
      return [{ ...wanted, accessApplied: true }, is];
    case 'destroy':
      return [wanted, null];
    case 'wait':
      return [wanted, { ...is!, busy: false }];
    case 'release':
    case 'missing':
      return [wanted, is];
  }
}

test('from wherever it is, it gets where it should be in a few steps, and never loses data on the way', () => {
  const wanteds = fc.record({
    allowed: fc.constantFrom('yes' as const, 'suspended' as const, 'gone' as const),
    wantedPower: fc.constantFrom('running' as const, 'stopped' as const),
    specDigest: fc.constantFrom('new', 'newer'),
    restartDue: fc.boolean(),
    accessApplied: fc.boolean(),
    everReady: fc.boolean(),
  });
  const beings = fc.option(
    fc.record({
      power: fc.constantFrom('running' as const, 'stopped' as const),
      busy: fc.boolean(),
      specDigest: fc.option(fc.constantFrom('new', 'old')),
    }),
  );
  fc.assert(
    fc.property(wanteds, beings, (start, being) => {
      let wanted: Desired = start;
      let is: ObservedInstance | null = being && { ...IS, ...being };
      const steps: Step[] = [];
      for (let step = nextStep(wanted, is); step; step = nextStep(wanted, is)) {
        steps.push(step);
        assert.ok(steps.length <= 8, steps.join(' '));
        if (step === 'release' || step === 'missing') break;
        [wanted, is] = performed(wanted, is, step);
      }
      const runs = start.allowed === 'yes' && start.wantedPower === 'running';
      if (start.allowed === 'gone') assert.equal(is, null);
      else if (steps.includes('missing'))
        assert.ok(start.everReady && !being, 'only what was in use can be missed');
      else assert.equal(is?.power, runs ? 'running' : 'stopped');
      assert.ok(!steps.includes('destroy') || start.allowed === 'gone');
      assert.ok(!steps.includes('create') || (!being && !start.everReady));
    }),
    { numRuns: 1_000 },
  );
});
