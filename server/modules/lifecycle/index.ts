export { renewByBalance } from './auto-renew.ts';
export { autoRenewSet } from './auto-renew-set.ts';
export { type EndedBy, runs, type State } from './rules.ts';
export type { ServiceCreated } from './service-create.ts';
export { type EndBy, requireEndable, serviceEndBy, serviceIsEndable } from './service-end.ts';
export { type Extension, serviceExtend } from './service-extend.ts';
export { serviceHandOver } from './service-hand-over.ts';
export { serviceFail, serviceReady } from './service-made.ts';
export {
  policyOn,
  remindersOf,
  requireOwner,
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
export { type Hold, readOutOpen, serviceHold, serviceRelease } from './service-run.ts';
export {
  customersServed,
  type ServiceEnd,
  type ServiceHeld,
  serviceEndOf,
  serviceHolds,
  servicesAhead,
  servicesByIds,
  servicesLiving,
  servicesLivingOf,
} from './services-read.ts';
export { servicesRenew } from './services-renew.ts';
export { subscribe } from './subscribe.ts';
