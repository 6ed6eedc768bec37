import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DRAFT_AFTER_MS, GAP_MS, isWorthADraft, lookedAt, monthsSeen, type Spell } from './rules.ts';

const MINUTE = 60_000;
const spell = (from: number, until: number, answers: boolean): Spell => ({
  from: from * MINUTE,
  until: until * MINUTE,
  answers,
});

test('a look goes on, turns, begins anew after a gap, or comes late', () => {
  const up = spell(0, 10, true);
  const look = (at: number, answers: boolean) => lookedAt(up, { at: at * MINUTE, answers });
  assert.equal(lookedAt(null, { at: 0, answers: false }), 'begin');
  assert.equal(look(11, true), 'go-on');
  assert.equal(look(11, false), 'turn');
  assert.equal(look(10 + GAP_MS / MINUTE, false), 'turn', 'just close enough');
  assert.equal(look(10.1 + GAP_MS / MINUTE, false), 'begin', 'what was between isn’t known');
  assert.equal(look(10, false), 'late');
  assert.equal(look(9, false), 'late');
});

test('only a silence that was looked at for long enough is worth a draft', () => {
  const minutes = DRAFT_AFTER_MS / MINUTE;
  assert.equal(isWorthADraft(spell(0, minutes, false)), true);
  assert.equal(isWorthADraft(spell(0, minutes - 0.1, false)), false);
  assert.equal(isWorthADraft(spell(0, 1_000, true)), false);
});

test('a month sums what was seen; what nobody looked at is neither up nor down, and what is ahead doesn’t count', () => {
  const months = [{ name: '2026-03-01', span: { from: 0, until: 100 * MINUTE } }];
  const spells = [spell(-10, 40, true), spell(40, 50, false), spell(70, 90, true)];
  const [seen] = monthsSeen(spells, months, 80 * MINUTE);
  assert.deepEqual(seen, {
    name: '2026-03-01',
    upMs: 50 * MINUTE,
    downMs: 10 * MINUTE,
    lengthMs: 80 * MINUTE,
  });
});
