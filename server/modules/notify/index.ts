export { type AnnouncementRequest, announcementPost } from './announcement.ts';
export { type Channel, type NoticeTerms, type Ways, waysOf } from './channels.ts';
export { type NoticeEvidence, noticesEvidence } from './evidence.ts';
export { mailboxMailer, mailboxSms } from './mailbox.ts';
export { type NoticeRequest, noticeSend, noticeSendAll } from './notice-send.ts';
export { subscribe } from './subscribe.ts';
