export { fileKeep, isPdf } from './file-keep.ts';
export { sendKept } from './file-reply.ts';
export { documentsClause, documentsOffered } from './offered.ts';
export { isCreditCode, notOffered, unreadable } from './rules.ts';
export { FILE_BODY, uploaded } from './schemas.ts';
export { subscribe } from './subscribe.ts';
export { titleOf } from './title-add.ts';
