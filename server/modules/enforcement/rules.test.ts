import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { readBrandFile } from '#kernel/brand-file.ts';
import { type Measure, termsFile } from '#modules/terms/index.ts';
import { busySince, isFinal, measureAllowed, measuresOf, REVERSAL } from './rules.ts';

const START = new Date('2026-03-02T02:00:00Z').getTime();

/** Samples every 15 s of a machine with one processor, each stretch using this part of it. */
function samples(parts: readonly number[], stepMs = 15_000) {
  let counter = 1_000_000n;
  return [0, ...parts].map((part, i) => {
    counter += BigInt(Math.round(part * stepMs * 1e6));
    return { at: new Date(START + i * stepMs), counter };
  });
}

const minutes = (since: Date | null, of: readonly { at: Date }[]) =>
  since === null ? null : (of.at(-1)!.at.getTime() - since.getTime()) / 60_000;

test('[lantian 4.1] only what is above the part without a break counts', () => {
  const all = samples(Array.from({ length: 80 }, () => 0.9));
  assert.equal(minutes(busySince(all, 1e6, 80), all), 20);
  const exactly = samples(Array.from({ length: 80 }, () => 0.8));
  assert.equal(busySince(exactly, 1e6, 80), null, 'above, not at');
  const paused = samples([
    ...Array.from({ length: 40 }, () => 0.9),
    0.1,
    ...Array.from({ length: 40 }, () => 0.9),
  ]);
  assert.equal(minutes(busySince(paused, 1e6, 80), paused), 10);
  const idle = samples([...Array.from({ length: 80 }, () => 0.9), 0.1]);
  assert.equal(busySince(idle, 1e6, 80), null);
});

test('[lantian 4.1] F46 a counter that a restart set back, or a gap nobody looked through, begins anew', () => {
  const [first, ...rest] = samples(Array.from({ length: 40 }, () => 0.95));
  const restarted = [
    first!,
    ...rest.map((row, i) => (i < 20 ? row : { ...row, counter: row.counter - rest[19]!.counter })),
  ];
  assert.equal(minutes(busySince(restarted, 1e6, 80), restarted), 4.75);
  const gap = [...samples([0.95, 0.95]), { at: new Date(START + 600_000), counter: 10n ** 15n }];
  assert.equal(busySince(gap, 1e6, 80), null);
});

test('busySince never reaches back over a stretch that was not above', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 60 }), (parts) => {
      const all = samples(parts);
      const since = busySince(all, 1e6, 50);
      const from = since === null ? all.length : all.findIndex(({ at }) => at.getTime() === since.getTime());
      assert.ok(
        parts.slice(from).every((part) => part > 0.4999),
        'all after it is above',
      );
      if (from > 0 && from < all.length) assert.ok(parts[from - 1]! < 0.5001, 'what is before it is not');
    }),
  );
});

test('what can not be taken back is exactly: end, wipe, ban', () => {
  const final = (Object.keys(REVERSAL) as (keyof typeof REVERSAL)[]).filter(isFinal);
  assert.deepEqual(final.sort(), ['ban', 'end', 'wipe']);
});

test('[asiayun 2.1.3] [asiayun 4.3] [asiayun 4.5.1-ddos] [qiniu 3.1.3.10] [qiniu 7.3.3] a measure rests on the clause that allows it for such a breach', () => {
  const parametersOf = (brand: string) =>
    readBrandFile(join(import.meta.dirname, '../../../brands', brand), 'terms.yaml', termsFile).parameters;
  const [asiayun, wujiyun, qiniu] = [parametersOf('asiayun'), parametersOf('wujiyun'), parametersOf('qiniu')];
  const clause = (of: typeof qiniu, category: string, measure: Measure) =>
    measureAllowed(of, measure, { origin: 'staff', category })?.clause;
  for (const terms of [asiayun, wujiyun]) {
    assert.deepEqual(
      ['1', 'infringement', 'ddos', 'data'].map((category) => clause(terms, category, 'end')),
      ['4.5.1-end', '4.3', '4.5.1-ddos', '2.1.3'],
    );
    assert.deepEqual([clause(terms, 'abuse', 'ban'), clause(terms, 'data', 'ban')], ['4.5.1-abuse', '2.1.3']);
    const possible = measuresOf(terms, { origin: 'staff', category: 'data' });
    assert.equal(new Set(possible).size, possible.length, 'each is offered once');
  }
  assert.deepEqual(
    ['4', 'spam', 'attacked'].map((category) => clause(qiniu, category, 'suspend')),
    ['3.1.3.10', '3.1.3.10', '7.3.3'],
  );
  assert.deepEqual([clause(qiniu, '4', 'end'), clause(qiniu, 'attacked', 'end')], ['7.3.2', '7.3.3']);
  assert.equal(measureAllowed(qiniu, 'end', { origin: 'authority', category: 'court' })?.clause, '9.2.2');
  assert.equal(clause(qiniu, '4', 'ban'), undefined);
});
