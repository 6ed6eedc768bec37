import type { Route } from './route-table.ts';

/** What is told and by which contacts; ids are of nobody unless said. */
export const NOTICES: Record<string, Route> = {
  'GET /notices/unread': { access: 'customer', good: 200 },
  'POST /notices/read': { access: 'customer', good: 204, body: { ids: null } },
  'GET /notices/evidence': {
    access: 'customer',
    good: 200,
    query: '?ids=0198c0de-0000-7000-8000-000000000001',
  },
  'GET /announcements': { access: 'public', good: 200 },
  'GET /account/notice-preferences': { access: 'customer', good: 200 },
  'PUT /account/notice-preferences': {
    access: 'customer',
    good: 204,
    body: { topic: 'papers', email: true },
  },
  'GET /account/contacts': { access: 'customer', good: 200 },
  'POST /account/contacts/phone': { access: 'customer', good: 202, body: { phone: '13800138000' } },
  'POST /account/contacts/email': {
    access: 'customer',
    good: 403,
    body: { email: 'another@example.com', password: 'not-the-password-1' },
  },
  'POST /account/contacts/verifications/:id': {
    access: 'customer',
    good: 404,
    of: 'payment',
    body: { code: '123456' },
  },
  'PUT /account/contacts': { access: 'customer', good: 204, body: { kind: 'qq', value: '10001000' } },
  'POST /account/contacts/removals': { access: 'customer', good: 404, body: { kind: 'wechat' } },
  'GET /account/contact-faults': { access: 'customer', good: 200 },
  'GET /staff/notices': { access: 'staff', good: 200 },
  'GET /staff/notices/evidence': {
    access: 'staff',
    good: 200,
    query: '?ids=0198c0de-0000-7000-8000-000000000001',
  },
  'POST /staff/notices/:id/bounce': {
    access: 'staff',
    good: 404,
    of: 'payment',
    body: { detail: '5.1.1', no_such_mailbox: true },
  },
  'GET /staff/call-tasks': { access: 'staff', good: 200 },
  'POST /staff/call-tasks/:id/outcome': {
    access: 'staff',
    good: 404,
    of: 'payment',
    body: { outcome: 'reached', note: '' },
  },
  'POST /staff/call-tasks/:id/reveal': { access: 'staff', good: 404, of: 'payment' },
  'GET /staff/announcements': { access: 'staff', good: 200 },
  'POST /staff/announcements': {
    access: 'staff',
    good: 201,
    body: {
      kind: 'general',
      title: { zh: '公告', en: 'News' },
      body: { zh: '正文', en: 'Text' },
      until: null,
    },
  },
  'POST /staff/announcements/:id/end': { access: 'staff', good: 404, of: 'payment' },
  'GET /staff/contact-faults': { access: 'staff', good: 200 },
  'POST /staff/customers/:id/contact-faults': {
    access: 'staff',
    good: 204,
    of: 'customer',
    body: { kind: 'email', detail: 'came back' },
  },
};
