export { givenIn } from './given.ts';
