import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Parameters } from '#modules/figures/index.ts';
import { askedBy, datedWrong, dayBegins, disagreementEnds, effectOf } from './revision-rules.ts';

const zone = 'Asia/Shanghai';
const at = (iso: string) => new Date(iso);
type Rule = NonNullable<Parameters['revision']>;
const rule = (change: Partial<Rule>): Rule => ({
  clause: '1',
  effect: 'on-publication',
  notice_days: 0,
  ...change,
});
const effect = (change: Partial<Rule> | null, datedOn: string, notBefore: string | null = null) =>
  effectOf({
    rule: change === null ? undefined : rule(change),
    announcedAt: at('2026-03-02T02:00:00Z'),
    datedOn,
    notBefore: notBefore === null ? null : at(notBefore),
    zone,
  }).toISOString();

test('[asiayun 11] after notice: so many natural days after it, at the same time of the day', () => {
  assert.equal(effect({ effect: 'after-notice', notice_days: 7 }, '2026-03-02'), '2026-03-09T02:00:00.000Z');
});

test('[lantian 6.2] on publication: at once, but not before the day that it is dated, nor before an earlier one', () => {
  assert.equal(effect({}, '2026-03-02'), '2026-03-02T02:00:00.000Z');
  assert.equal(effect({}, '2026-03-05'), '2026-03-04T16:00:00.000Z');
  assert.equal(effect({}, '2026-03-02', '2026-03-08T02:00:00Z'), '2026-03-08T02:00:00.000Z');
  assert.equal(effect(null, '2026-03-02'), '2026-03-02T02:00:00.000Z');
});

test('a day begins at its zone’s midnight, on either side of Greenwich', () => {
  assert.equal(dayBegins('2026-08-01', zone).toISOString(), '2026-07-31T16:00:00.000Z');
  assert.equal(dayBegins('2026-08-01', 'America/Los_Angeles').toISOString(), '2026-08-01T07:00:00.000Z');
  assert.equal(dayBegins('2026-08-01', 'Pacific/Kiritimati').toISOString(), '2026-07-31T10:00:00.000Z');
});

test('a version is dated neither in the past nor before another', () => {
  assert.equal(datedWrong('2026-03-02', '2025-01-01', '2026-03-02'), null);
  assert.equal(datedWrong('2026-04-01', '2025-01-01', '2026-03-02'), null);
  assert.match(datedWrong('2026-03-01', '2025-01-01', '2026-03-02')!, /in the past/);
  assert.match(datedWrong('2026-04-01', '2026-05-01', '2026-03-02')!, /before version 2026-05-01/);
});

test('going on accepts only where the terms say so', () => {
  assert.equal(askedBy(rule({ continued_use: 'accepts' })), 'use');
  assert.equal(askedBy(rule({})), 'accept');
  assert.equal(askedBy(undefined), 'accept');
});

test('who disagrees has the days that the terms give, and never ends before the revision holds', () => {
  const said = at('2026-03-02T02:00:00Z');
  const ends = (days: number | undefined, holds: string) =>
    disagreementEnds(rule({ ...(days ? { end_days: days } : {}) }), said, at(holds), zone).toISOString();
  assert.equal(ends(3, '2026-03-01T00:00:00Z'), '2026-03-05T02:00:00.000Z');
  assert.equal(ends(3, '2026-03-20T00:00:00Z'), '2026-03-20T00:00:00.000Z');
  assert.equal(ends(undefined, '2026-03-01T00:00:00Z'), '2026-03-02T02:00:00.000Z');
});
