export { provenOf, requireDomain } from './claim-read.ts';
export { domainForm, isWithin } from './name.ts';
