import type { LocalizedText } from '#kernel/text.ts';
import type { NoticeKind } from './templates.ts';

export type AnnouncementKind = 'revision' | 'price-change' | 'move' | 'ending' | 'maintenance' | 'general';

interface SiteText {
  kind: AnnouncementKind;
  title: LocalizedText;
  body: LocalizedText;
  /** Values by which two notices have one announcement: all customers that are told the same are told once. */
  same: readonly string[];
}

/** What the site says where the terms ask for it, naming no customer and no service. */
export const SITE_TEXTS: Partial<Record<NoticeKind, SiteText>> = {
  'service-ending': {
    kind: 'ending',
    title: { zh: '部分服务将于 {ends} 终止', en: 'Some services end at {ends}' },
    body: {
      zh: '我们将于 {ends} 终止部分服务（条款 {clause}）。受影响的客户已收到站内信和邮件；已付而未消费的部分届时退回。',
      en: 'We end some services at {ends} (clause {clause}). Those concerned have a message in their inbox and by mail; what is paid and not consumed is refunded then.',
    },
    same: ['ends', 'clause'],
  },
};
