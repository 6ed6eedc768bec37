import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Problem, problem, problemCatalogue, problems } from './problem.ts';

const kind = (status: number) => ({
  status,
  title: { zh: '没有 {what}', en: 'No {what}' },
  remedy: { zh: '请等 {seconds} 秒。', en: 'Wait {seconds} seconds.' },
});

test('a problem is a document of RFC 9457 in the reader’s language', () => {
  const own = problems({ 'test-problem': kind(409) });
  const raised = own['test-problem']({ what: '水', seconds: 3 }, { retry_after_s: 3 });
  assert.ok(raised instanceof Problem && raised instanceof Error);
  assert.deepEqual(raised.body('zh', 'r1'), {
    type: '/problems/test-problem',
    title: '没有 水',
    status: 409,
    detail: '请等 3 秒。',
    code: 'test-problem',
    instance: '/requests/r1',
    retry_after_s: 3,
  });
  const english = raised.body('en', null);
  assert.deepEqual(
    [english.title, english.detail, 'instance' in english],
    ['No 水', 'Wait 3 seconds.', false],
  );
});

test('a code has one meaning: declaring it again is refused', () => {
  assert.throws(() => problems({ 'not-found': kind(404) }), /not-found is declared twice/);
  assert.equal(problemCatalogue().get('not-found')?.status, 404);
});

test('a text whose value is missing is our own mistake, not half a sentence', () => {
  assert.throws(() => problem['too-many-requests']().body('zh', null), /\{seconds\}/);
});
