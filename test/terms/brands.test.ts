import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readBrandFile } from '#kernel/brand-file.ts';
import { Brands } from '#kernel/brands.ts';
import { catalogueFile } from '#modules/catalogue/document.ts';
import { documentHash, termsFile } from '#modules/terms/document.ts';
import { CLAUSES } from './clauses.ts';

/** The brands that we ship, against the facts of their agreements. */

const BRANDS = join(import.meta.dirname, '../../brands');
const terms = (brand: string) => readBrandFile(join(BRANDS, brand), 'terms.yaml', termsFile);

test('five brands, and each has every clause of its agreement with its kind, and no other', () => {
  const shipped = readdirSync(BRANDS, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
  assert.deepEqual(shipped.sort(), Object.keys(CLAUSES).sort());
  for (const [brand, expected] of Object.entries(CLAUSES)) {
    const found = Object.fromEntries(terms(brand).clauses.map(({ id, kind }) => [id, kind]));
    assert.deepEqual(found, expected, brand);
  }
});

/** Figures that an agreement states, clause first. */
const FIGURES: Record<string, Record<string, Record<string, unknown>>> = {
  lantian: {
    reminders: { clause: '5.2', days_before: [7, 3, 1] },
    expiry: { clause: '5.3', suspend: 'at-once', grace_days: 3 },
    periods: { clause: '5.2', months: [1] },
    refund: { clause: '5.4', rule: 'none' },
    minors: { clause: '1.3', below_age: 18 },
    throttle: { clause: '4.1', cpu_percent: 80, minutes: 15 },
    liability: { clause: '7.1', months_before_claim: 3 },
  },
  asiayun: {
    withdrawal: { clause: '3.1.1', rule: 'cash-only' },
    documents: { clause: '3.1.1', kinds: ['tax-invoice', 'contract'] },
    fund_freeze: {
      clause: '5.4',
      appeal_clause: '5.4-appeal',
      reasons: ['5.4.1', '5.4.2', '5.4.3', '5.4.4', '5.4.5', '5.4.6', '5.4.7'],
    },
    migration: { clause: '5.5', notice_days: 3 },
    liability: { clause: '8.5', basis: 'fee-of-that-purchase' },
    revision: { clause: '11', effect: 'after-notice', notice_days: 7 },
  },
  yunfuwuqi: {
    price_change: { clause: 'S3.1' },
    late_fee: { clause: 'S3.2' },
    sla: { clause: 'S4', rule: 'by-table', promised_percent: '99.9' },
    retention: { clause: 'S5.2' },
    revision: { clause: 'S8', effect: 'on-publication' },
  },
  qiniu: {
    late_fee: { clause: '7.4', per_day: '0.0005' },
    gifts: { clause: '2.3', rule: 'never-cash' },
    provider_end: { clause: '7.3.4', notice_days: 30, refund: 'unconsumed' },
    arrears: { clause: '7.2.1', end_days: 30, end_clause: '7.2.2' },
    retention: { clause: '4.3', days: 30 },
    sla: { clause: '8.2', rule: 'hour-for-hour', end_after_hours: 72 },
    liability: { clause: '8.4', percent: 25 },
    precedence: { clause: '11.1', order: ['attachment', 'service-contract', 'order-page', 'agreement'] },
  },
};

test('the figures are those of the agreements', () => {
  for (const [brand, expected] of Object.entries(FIGURES)) {
    const { parameters } = terms(brand);
    for (const [name, figures] of Object.entries(expected)) {
      const found = Object.entries(parameters).find(([key]) => key === name)?.[1] as Record<string, unknown>;
      assert.ok(found, `${brand} has ${name}`);
      const stated = Object.fromEntries(Object.keys(figures).map((key) => [key, found[key]]));
      assert.deepEqual(stated, figures, `${brand} ${name}`);
    }
  }
});

test('what an agreement doesn’t give, its brand doesn’t have', () => {
  const has = (brand: string, name: string) => name in terms(brand).parameters;
  for (const name of ['withdrawal', 'fund_freeze', 'late_fee', 'metered', 'documents', 'gifts'])
    assert.ok(!has('lantian', name), name);
  for (const name of ['minors', 'late_fee', 'metered']) assert.ok(!has('asiayun', name), name);
  for (const name of ['minors', 'real_name', 'expiry', 'withdrawal', 'fund_freeze', 'auto_renew'])
    assert.ok(!has('qiniu', name), name);
  const graceOf = (brand: string) => terms(brand).parameters.expiry?.grace_days;
  for (const brand of ['asiayun', 'wujiyun'])
    assert.equal(graceOf(brand), undefined, 'no clause lets it be deleted by itself');
  // S3.2 "suspended or ended": it ends, and S5.2 keeps its data for a while.
  const { expiry, retention } = terms('yunfuwuqi').parameters;
  assert.deepEqual([expiry?.grace_days, expiry?.then, retention?.days], [15, 'end', 7]);
});

test('武极云 is 亚云 but for its name and its date, and copies nothing', () => {
  const [asiayun, wujiyun] = [terms('asiayun'), terms('wujiyun')];
  assert.deepEqual([wujiyun.version, wujiyun.title.zh], ['2022-11-27', '武极云用户服务协议']);
  assert.deepEqual({ ...wujiyun, version: '', title: '' }, { ...asiayun, version: '', title: '' });
  assert.notEqual(documentHash(wujiyun), documentHash(asiayun));
  assert.doesNotMatch(
    JSON.stringify({ ...wujiyun, title: '' }),
    /亚云|asiayun/i,
    'nothing speaks of another brand',
  );
  const own = readFileSync(join(BRANDS, 'wujiyun/terms.yaml'), 'utf8');
  assert.ok(own.split('\n').filter((line) => /^\S/.test(line) && !line.startsWith('#')).length <= 3);
});

test('what is sold for a period ends by the terms, what is metered is metered by the terms', () => {
  for (const { id, dir } of Brands.load(BRANDS).all) {
    const catalogue = readBrandFile(dir, 'catalogue.yaml', catalogueFile);
    const { expiry, metered } = terms(id).parameters;
    assert.ok(catalogue.products.length === 0 || expiry, `${id}: what is prepaid has an end`);
    assert.ok(!catalogue.metered?.length || metered, `${id}: what is used is charged`);
    assert.ok(catalogue.products.length > 0 || catalogue.metered?.length, `${id} sells something`);
  }
});
