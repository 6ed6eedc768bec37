export { contractAbout } from './contract-row.ts';
export { subscribe } from './subscribe.ts';
