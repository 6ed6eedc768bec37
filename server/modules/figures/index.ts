export { MEASURES, type Measure, type Trace } from './enforcement.ts';
export { clauseId } from './forms.ts';
export { type Parameters, parameters, periodsSold } from './parameters.ts';
export { OUTAGE_CAUSES } from './promises.ts';
