export { mailboxMailer } from './mailbox.ts';
export { type NoticeRequest, noticeSend, noticeSendAll } from './notice-send.ts';
export { subscribe } from './subscribe.ts';
