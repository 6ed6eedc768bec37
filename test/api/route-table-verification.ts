import { someIdNumber } from '#server/story/identity.ts';
import type { Route } from './route-table.ts';
import { TINY_PNG } from './tiny-png.ts';

const person = { name: '张三', id_number: '11010519491231002X' };
const child = { name: '李小明', id_number: someIdNumber('20150101') };
const why = { reason: 'looked at it' };

/** Who a customer is: 蓝天云's terms ask for real names in mainland regions and for guardians of minors. */
export const VERIFICATION: Record<string, Route> = {
  'GET /account/real-name': { access: 'customer', good: 200 },
  'POST /account/real-name': { access: 'customer', good: 409, body: person },
  'POST /account/real-name/company': {
    access: 'customer',
    good: 409,
    body: { name: '测试科技有限公司', credit_code: '91330100799655058B', legal_person: '张三' },
  },
  'POST /account/real-name/reviews': {
    access: 'customer',
    good: 409,
    body: { kind: 'person', name: 'Jane Doe', number: 'E12345678', files: [TINY_PNG] },
  },
  'DELETE /account/real-name/reviews/:id': { access: 'customer', good: 404, of: 'payment' },
  'POST /account/guardian-consents': {
    access: 'customer',
    good: 409,
    body: { minor: person, guardian: child, relation: 'parent', phone: '13800138000' },
  },
  'POST /account/guardian-consents/:id/confirmation': {
    access: 'customer',
    good: 404,
    of: 'payment',
    body: { code: '123456' },
  },
  'GET /account/guardian-consents/:id/pdf': { access: 'customer', good: 404, of: 'payment' },

  'GET /staff/identity-reviews': { access: 'staff', good: 200 },
  'POST /staff/identity-reviews/:id/opening': { access: 'staff', good: 404, of: 'payment' },
  'POST /staff/identity-reviews/:id/judgement': {
    access: 'staff',
    good: 404,
    of: 'payment',
    body: { ...why, pass: true },
  },
  'GET /staff/customers/:id/real-name': { access: 'staff', good: 200, of: 'customer' },
  'POST /staff/customers/:id/real-name/demand': {
    access: 'staff',
    good: 201,
    of: 'customer',
    body: { ...why, days: 7 },
  },
  'DELETE /staff/customers/:id/real-name/demand': { access: 'staff', good: 204, of: 'customer' },
  'POST /staff/customers/:id/real-name/revocation': {
    access: 'staff',
    good: 204,
    of: 'customer',
    body: why,
  },
  'POST /staff/customers/:id/guardian-consent': {
    access: 'staff',
    good: 204,
    of: 'customer',
    body: { reference: 'paper 7' },
  },
  'GET /staff/guardian-consents/:id/pdf': { access: 'staff', good: 404, of: 'payment' },
  'POST /staff/guardian-consents/:id/withdrawal': {
    access: 'staff',
    good: 404,
    of: 'payment',
    body: why,
  },
};
