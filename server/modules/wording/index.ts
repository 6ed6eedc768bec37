export { type AnnouncementKind, SITE_TEXTS } from './site-texts.ts';
export { SMS_TEXTS, type SmsText, shortText } from './sms-texts.ts';
export { type NoticeKind, TEMPLATES } from './templates.ts';
export { ROLE_NAMES } from './templates-members.ts';
