export { consenting } from './consent.ts';
export { requestFile } from './request.ts';
export { subscribe } from './subscribe.ts';
