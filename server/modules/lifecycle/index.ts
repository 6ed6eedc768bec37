export type { State } from './rules.ts';
export type { ServiceCreated } from './service-create.ts';
export { serviceFail } from './service-fail.ts';
export { serviceReady } from './service-ready.ts';
export {
  policyOn,
  type Service,
  serviceChanged,
  serviceCounts,
  serviceFind,
  serviceList,
  servicesByCustomer,
} from './service-row.ts';
export { servicesByIds } from './services-by-ids.ts';
export { subscribe } from './subscribe.ts';
