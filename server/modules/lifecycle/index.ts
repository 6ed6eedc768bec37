export { type Hold, serviceHold, serviceRelease } from './hold.ts';
export { type EndedBy, runs, type State } from './rules.ts';
export type { ServiceCreated } from './service-create.ts';
export { type EndBy, serviceEndBy } from './service-end.ts';
export { type Extension, serviceExtend } from './service-extend.ts';
export { serviceFail } from './service-fail.ts';
export { serviceReady } from './service-ready.ts';
export {
  policyOn,
  type Service,
  serviceChanged,
  serviceCounts,
  serviceFind,
  serviceInBrand,
  serviceList,
  servicesByCustomer,
} from './service-row.ts';
export { servicesByIds } from './services-by-ids.ts';
export { servicesLiving } from './services-living.ts';
export { subscribe } from './subscribe.ts';
