export { findingsOpen } from './day-read.ts';
