export { renewByBalance } from './auto-renew.ts';
export { autoRenewSet } from './auto-renew-set.ts';
export { type Hold, serviceHold, serviceRelease } from './hold.ts';
export { readOutOpen } from './read-out.ts';
export { type EndedBy, runs, type State } from './rules.ts';
export type { ServiceCreated } from './service-create.ts';
export { type EndBy, requireEndable, serviceEndBy, serviceIsEndable } from './service-end.ts';
export { type Extension, serviceExtend } from './service-extend.ts';
export { serviceFail } from './service-fail.ts';
export { type ServiceEnd, type ServiceHeld, serviceEndOf, serviceHolds } from './service-life.ts';
export { serviceReady } from './service-ready.ts';
export {
  policyOn,
  type Service,
  serviceChanged,
  serviceCounts,
  serviceFind,
  serviceInBrand,
  serviceList,
  serviceLock,
  servicesByCustomer,
  tell,
} from './service-row.ts';
export { servicesByIds } from './services-by-ids.ts';
export { customersServed, servicesLiving, servicesLivingOf } from './services-living.ts';
export { servicesRenew } from './services-renew.ts';
export { subscribe } from './subscribe.ts';
