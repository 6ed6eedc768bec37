import type { Route } from './route-table.ts';

const staff = { access: 'staff', good: 404, of: 'payment' } as const;

/** Incidents with personal data, as staff record and tell them. */
export const BREACHES: Record<string, Route> = {
  'GET /staff/incidents': { access: 'staff', good: 200 },
  'POST /staff/incidents': {
    access: 'staff',
    good: 201,
    body: {
      title: '备份文件外泄',
      happened: '一份备份曾可被公开访问。',
      from_at: '2026-03-01T00:00:00.000Z',
      to_at: null,
      found_at: '2026-03-01T12:00:00.000Z',
      categories: ['contacts'],
      effects: { zh: '可能收到骚扰邮件。', en: 'Unwanted mail may come.' },
      remedy: { zh: '访问已关闭，请留意邮件。', en: 'Access is closed; watch your mail.' },
      customer_ids: null,
    },
  },
  'GET /staff/incidents/:id/people': staff,
  'POST /staff/incidents/:id/agreement': { ...staff, body: { untold_reason: null } },
  'POST /staff/incidents/:id/notices': staff,
  'POST /staff/incidents/:id/authority': { ...staff, body: { authority: '市网信办', reference: '2026-7' } },
  'POST /staff/incidents/:id/close': staff,
};
