export { subjectOutages } from './subject-outages.ts';
