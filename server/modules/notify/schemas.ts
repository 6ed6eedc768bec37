import { z } from 'zod';
import { id, instant, localized } from '#kernel/http.ts';
import type { Announcement } from './announcement.ts';
import type { NoticeEvidence } from './evidence.ts';

const way = z.object({
  channel: z.enum(['site', 'in-site', 'email', 'sms', 'phone', 'qq', 'wechat']),
  address: z.string(),
  state: z.enum(['queued', 'open', 'sent', 'delivered', 'failed', 'untried']),
  at: instant.nullable(),
  outcome: z.string().nullable(),
  told: z.boolean(),
  tries: z.array(z.object({ at: instant, outcome: z.string(), detail: z.string().nullable() })),
});

export const evidence = z.object({
  id,
  kind: z.string(),
  customer_id: z.string().nullable(),
  subject: z.string(),
  at: instant,
  /** One channel at least did its part. */
  told: z.boolean(),
  ways: z.array(way),
});

export function evidenceShown({ id: noticeId, kind, customerId, subject, at, told, ways }: NoticeEvidence) {
  return {
    id: noticeId,
    kind,
    customer_id: customerId,
    subject,
    at: at.toISOString(),
    told,
    ways: ways.map((each) => ({
      ...each,
      at: each.at?.toISOString() ?? null,
      tries: each.tries.map((tried) => ({ ...tried, at: tried.at.toISOString() })),
    })),
  };
}

/** Up to 50 ids with commas between. */
export const ids = z
  .string()
  .max(50 * 37)
  .transform((text) => text.split(',').filter(Boolean))
  .pipe(z.array(z.uuid()).min(1).max(50));

export const announcement = z.object({
  id,
  kind: z.string(),
  title: localized,
  body: localized,
  clause: z.string().nullable(),
  from: instant,
  until: instant.nullable(),
});

export function announcementShown(row: Announcement) {
  return {
    id: row.id,
    kind: row.kind,
    title: { zh: row.title_zh, en: row.title_en },
    body: { zh: row.body_zh, en: row.body_en },
    clause: row.clause_id,
    from: row.from_at.toISOString(),
    until: row.until_at?.toISOString() ?? null,
  };
}
