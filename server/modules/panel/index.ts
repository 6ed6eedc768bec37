export { serviceShown } from './service-view.ts';
