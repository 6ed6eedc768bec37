export { acceptanceAt } from './acceptance-at.ts';
export { type TermsDocument, termsFile } from './document.ts';
export { clauseCited, gatePurchase } from './gates.ts';
export { type Parameters, periodsSold } from './parameters.ts';
export {
  type Layer,
  type ParameterSource,
  type Policy,
  type PolicySubject,
  policiesOf,
  policyCited,
  policyOf,
  policyShown,
} from './policy.ts';
export { termsLoad } from './terms-load.ts';
export {
  type AcceptedTerms,
  acceptanceLatest,
  clauseShown,
  termsAccepted,
  termsAcceptedAll,
  termsCurrent,
} from './terms-read.ts';
