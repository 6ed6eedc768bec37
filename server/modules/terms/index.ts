export { acceptanceAt } from './acceptance-at.ts';
export { acceptancesLatest } from './acceptances-latest.ts';
export { type TermsDocument, termsFile } from './document.ts';
export { clauseCited, gatePurchase, gateTerms } from './gates.ts';
export { layerAdd, layerEnd } from './layer-add.ts';
export { clauseId, OUTAGE_CAUSES, type Parameters, parameters, periodsSold } from './parameters.ts';
export {
  knowsContracts,
  type Policy,
  type PolicySubject,
  policiesOf,
  policyCited,
  policyClause,
  policyOf,
  policyShown,
} from './policy.ts';
export type { Layer, LayerRow, ParameterSource } from './policy-layers.ts';
export { policyMemo } from './policy-memo.ts';
export { type RevisionPending, revisionPending } from './revision-read.ts';
export { type Standing, standing, standingRead } from './standing.ts';
export { termsUse } from './terms-accept.ts';
export { type TermsLoaded, termsLoad } from './terms-load.ts';
export {
  type AcceptedTerms,
  acceptanceLatest,
  clauseShown,
  termsAccepted,
  termsAcceptedAll,
  termsCurrent,
} from './terms-read.ts';
