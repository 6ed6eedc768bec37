import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { readBrandFile } from '#kernel/brand-file.ts';
import { termsFile } from './document.ts';
import { holds, type LayerRow, layersOf, resolve } from './policy-layers.ts';
import type { TermsVersion } from './terms-read.ts';

function version(brand: string): TermsVersion {
  const dir = join(import.meta.dirname, '../../../brands', brand);
  const document = readBrandFile(dir, 'terms.yaml', termsFile);
  return { id: '1', brand, version: document.version, sha256: 'a'.repeat(64), document };
}

const SERVICE = 's1';
let made = 0;
function paper(row: Partial<LayerRow>): LayerRow {
  made += 1;
  return {
    id: String(made).padStart(4, '0'),
    layer: 'service-contract',
    customerId: 'c1',
    serviceId: null,
    number: `HT-${made}`,
    sha256: String(made).padStart(64, '0'),
    title: { zh: '合同', en: 'Contract' },
    parameters: {},
    clauses: [],
    fromAt: new Date('2026-01-01T00:00:00Z'),
    toAt: null,
    endedAt: null,
    ...row,
  };
}

const fee = (clause: string, per_day: string) => ({ late_fee: { clause, per_day } });

test('[qiniu 1.2, 11.1] attachment over service contract over order page over agreement', () => {
  const terms = version('qiniu');
  assert.deepEqual(layersOf(terms), ['attachment', 'service-contract', 'order-page', 'agreement']);
  const page = paper({ layer: 'order-page', serviceId: SERVICE, parameters: fee('2.1', '0.0004') });
  const contract = paper({
    parameters: {
      ...fee('9', '0.0003'),
      liability: { clause: '10', basis: 'annual-fee-of-that-service', percent: 60 },
    },
  });
  const attachment = paper({ layer: 'attachment', parameters: fee('A.1', '0.0002') });
  const all = [page, contract, attachment];
  const steps = [
    { rows: [], rate: '0.0005', layer: 'agreement', clause: '7.4', paper: terms },
    { rows: [page], rate: '0.0004', layer: 'order-page', clause: '2.1', paper: page },
    { rows: [contract, page], rate: '0.0003', layer: 'service-contract', clause: '9', paper: contract },
    { rows: all, rate: '0.0002', layer: 'attachment', clause: 'A.1', paper: attachment },
    { rows: all.toReversed(), rate: '0.0002', layer: 'attachment', clause: 'A.1', paper: attachment },
  ];
  for (const { rows, rate, layer, clause, paper } of steps) {
    const policy = resolve(terms, rows);
    assert.equal(policy.parameters.late_fee?.per_day, rate);
    const source = policy.sourceOf('late_fee');
    const version = 'number' in paper ? paper.number : paper.version;
    assert.equal(source.layer, layer);
    assert.deepEqual(
      { ...source.clause },
      { brand: 'qiniu', version, sha256: paper.sha256, clause },
      'cited by the paper that it stands in',
    );
  }
  const policy = resolve(terms, all);
  assert.deepEqual(
    policy.parameters.liability,
    contract.parameters.liability,
    'a figure that the attachment leaves alone',
  );
  assert.equal(policy.sourceOf('liability').layer, 'service-contract');
  assert.equal(policy.sourceOf('arrears').layer, 'agreement');
  assert.equal(terms.document.parameters.late_fee?.per_day, '0.0005', 'the agreement itself is not touched');
});

test('within a layer what was said of the service goes before what was said of all, the newer before the older', () => {
  const terms = version('qiniu');
  const own = paper({ serviceId: SERVICE, parameters: fee('1', '0.0001') });
  const older = paper({ parameters: fee('2', '0.0002') });
  const newer = paper({ parameters: fee('3', '0.0003') });
  assert.equal(resolve(terms, [newer, own, older]).parameters.late_fee?.per_day, '0.0001');
  assert.equal(resolve(terms, [older, newer]).parameters.late_fee?.per_day, '0.0003');
});

test('brands without an order of precedence know their order page and their agreement, nothing else', () => {
  const terms = version('lantian');
  const contract = paper({ parameters: { refund: { clause: '9', rule: 'unconsumed' } } });
  const page = paper({
    layer: 'order-page',
    serviceId: SERVICE,
    parameters: { refund: { clause: '5.1', rule: 'unconsumed' } },
  });
  assert.equal(resolve(terms, [contract]).parameters.refund.rule, 'none');
  assert.equal(resolve(terms, [contract, page]).sourceOf('refund').layer, 'order-page');
});

test('a figure that no layer has is no figure', () => {
  assert.throws(() => resolve(version('lantian'), []).sourceOf('late_fee'), RangeError);
});

test('a paper holds from its first instant to before its last, and not once it is ended', () => {
  const row = paper({ fromAt: new Date(1_000), toAt: new Date(5_000), endedAt: new Date(3_000) });
  const at = [999, 1_000, 2_999, 3_000].map((ms) => holds(row, new Date(ms)));
  assert.deepEqual(at, [false, true, true, false]);
  assert.equal(holds({ ...row, endedAt: null }, new Date(5_000)), false);
});
