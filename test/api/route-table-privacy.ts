import type { Route } from './route-table.ts';

/** One's own data, and what staff answer about it. */
export const PRIVACY: Record<string, Route> = {
  'GET /account/profile': { access: 'customer', good: 200 },
  'PUT /account/profile': { access: 'customer', good: 204, body: { city: '上海' } },
  'GET /account/privacy': { access: 'customer', good: 200 },
  // No category has this name, and no copy this form; test/scenarios/personal-data.test.ts names some that are.
  'GET /account/privacy/data/:category': { access: 'customer', good: 404 },
  'PUT /account/privacy/consents': {
    access: 'customer',
    good: 204,
    body: { purpose: 'marketing', given: true },
  },
  'PUT /account/privacy/limit': { access: 'customer', good: 204, body: { limited: false } },
  'GET /account/privacy/requests': { access: 'customer', good: 200 },
  'POST /account/privacy/requests': {
    access: 'customer',
    good: 201,
    body: { kind: 'correct', text: '我的出生日期登记错了。' },
  },
  'GET /account/privacy/copies': { access: 'customer', good: 200 },
  'POST /account/privacy/copies': { access: 'customer', good: 202 },
  'GET /account/privacy/copies/:id/:form': { access: 'customer', good: 404, of: 'payment' },
  'GET /account/privacy/deletion': { access: 'customer', good: 200 },
  'POST /account/privacy/deletion': { access: 'customer', good: 409 },
  'DELETE /account/privacy/deletion': { access: 'customer', good: 404 },
  'POST /privacy/certificates': {
    access: 'public',
    good: 404,
    body: { number: 'E20260302-000000000000', code: 'x' },
  },
  'POST /privacy/requests': {
    access: 'public',
    good: 201,
    body: { kind: 'delete', contact: 'somebody@example.com', text: '请删除我举报时留下的邮箱。' },
  },
  'GET /staff/privacy/requests': { access: 'staff', good: 200 },
  'POST /staff/privacy/requests/:id/answer': {
    access: 'staff',
    good: 404,
    of: 'payment',
    body: { done: true, answer: '已更正。' },
  },
  'POST /staff/privacy/strangers': { access: 'staff', good: 200, body: { text: 'somebody@example.com' } },
  'POST /staff/privacy/requests/:id/erasures': {
    access: 'staff',
    good: 404,
    of: 'payment',
    body: { table: 'enforcement_report', row: 'x' },
  },
  'POST /staff/privacy/offers': {
    access: 'staff',
    good: 201,
    body: { title: { zh: '春季优惠', en: 'Spring' }, text: { zh: '年付八折。', en: 'A fifth off a year.' } },
  },
};
