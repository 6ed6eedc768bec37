/**
 * The four doors of the house (docs/architecture.md), checked: imports point down, through doors; events point up.
 * Tests may look anywhere.
 */
const ROOMS = [
  'audit',
  'identity',
  'factors',
  'federation',
  'members',
  'keys',
  'staff',
  'reach',
  'wording',
  'notify',
  'figures',
  'terms',
  'revisions',
  'contacts',
  'disclosures',
  'approvals',
  'authorities',
  'negotiated',
  'ledger',
  'payments',
  'transfers',
  'reconciliation',
  'funds',
  'debts',
  'verification',
  'domains',
  'gates',
  'catalogue',
  'metering',
  'budgets',
  'gifts',
  'billing',
  'usage',
  'invoicing',
  'documents',
  'contracts',
  'lifecycle',
  'endings',
  'prices',
  'arrears',
  'bills',
  'compute',
  'panel',
  'outages',
  'liability',
  'moves',
  'enforcement',
  'forecast',
  'privacy',
  'breaches',
  'storage',
  'media',
  'cdn',
  'live',
  'hosting',
  'game',
  'support',
];

const TEST = '\\.test\\.ts$';
/** What a rules.ts may run: no I/O, no clock, no randomness. */
const PURE_KERNEL = '^server/kernel/(money|time|text|problem|grant)\\.ts$';

/** From these files another room is entered by its index.ts and by the files named here. */
function door(name, from, others, comment) {
  return {
    name,
    comment,
    severity: 'error',
    from,
    to: { path: '^server/modules/[^/]+/', pathNot: `^server/modules/[^/]+/(${['index', ...others].join('|')})\\.ts$` },
  };
}

module.exports = {
  forbidden: [
    {
      name: 'door-room',
      comment: 'another room is entered only by its index.ts',
      severity: 'error',
      from: { path: '^server/modules/([^/]+)/', pathNot: [TEST, '/rules\\.ts$'] },
      to: { path: '^server/modules/', pathNot: ['^server/modules/$1/', '^server/modules/[^/]+/index\\.ts$'] },
    },
    {
      name: 'door-rules',
      comment: 'rules may build on rules of another room',
      severity: 'error',
      from: { path: '^server/modules/([^/]+)/rules\\.ts$' },
      to: { path: '^server/modules/', pathNot: ['^server/modules/$1/', '^server/modules/[^/]+/(index|rules)\\.ts$'] },
    },
    door('door-app', { path: '^server/app\\.ts$' }, ['routes'], 'app.ts mounts the rooms’ routes'),
    door('door-worker', { path: '^server/(worker|furnish)\\.ts$' }, ['jobs'], 'jobs run in the worker, and nodes are probed at the start'),
    door('door-main', { path: '^server/main\\.ts$' }, ['driver'], 'main.ts chooses what stands behind the ports'),
    door(
      'door-driver',
      { path: '^server/drivers/', pathNot: TEST },
      ['driver', 'spec'],
      'a driver knows its port, and nothing else of the room',
    ),
    door(
      'door-outside',
      { path: '^server/(?!modules/|drivers/|(app|worker|furnish|main)\\.ts$)', pathNot: TEST },
      [],
      'a room is entered only by its index.ts',
    ),
    ...ROOMS.slice(0, -1).map((room, place) => ({
      name: `order-${room}`,
      comment: `rooms after ${room} listen to its events; it doesn’t know them`,
      severity: 'error',
      from: { path: `^server/modules/${room}/`, pathNot: TEST },
      to: { path: `^server/modules/(${ROOMS.slice(place + 1).join('|')})/` },
    })),
    {
      name: 'order-unknown',
      comment: 'a new room gets a place in the order of rooms, in this file and in docs/architecture.md',
      severity: 'error',
      from: { path: `^server/modules/(?!(${ROOMS.join('|')})/)` },
      to: {},
    },
    {
      name: 'rules-pure',
      comment: 'rules.ts imports only other rules.ts and the pure files of the kernel; types may come from elsewhere',
      severity: 'error',
      from: { path: '/rules\\.ts$' },
      to: { pathNot: ['^server/modules/[^/]+/rules\\.ts$', PURE_KERNEL], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'kernel-pure',
      comment: 'what rules may run must itself be pure',
      severity: 'error',
      from: { path: PURE_KERNEL },
      to: {
        pathNot: [PURE_KERNEL, '(^|/)node_modules/(date-fns|@date-fns/tz)/'],
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'drivers-by-main',
      comment: 'only main.ts touches drivers',
      severity: 'error',
      from: { path: '^server/', pathNot: ['^server/main\\.ts$', '^server/drivers/', TEST] },
      to: { path: '^server/drivers/' },
    },
    {
      name: 'kernel-below',
      comment: 'the kernel knows no room, no driver, no edge',
      severity: 'error',
      from: { path: '^server/kernel/', pathNot: TEST },
      to: { path: '^server/', pathNot: '^server/kernel/' },
    },
    {
      name: 'no-circle',
      comment: 'files that need each other are one file, or have something below them both',
      severity: 'error',
      from: { path: '^server/' },
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'resolvable',
      comment: 'an import that leads nowhere would escape the rules above',
      severity: 'error',
      from: { path: '^server/' },
      to: { couldNotResolve: true, path: '^[#.]' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      extensions: ['.ts', '.d.ts', '.js', '.mjs', '.cjs', '.json'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
