export {
  clauseId,
  MEASURES,
  type Measure,
  OUTAGE_CAUSES,
  type Parameters,
  parameters,
  periodsSold,
  type Trace,
} from '#modules/figures/index.ts';
export { acceptanceAt, acceptedThen } from './acceptance-at.ts';
export {
  type AcceptanceRow,
  acceptanceFile,
  acceptanceList,
  acceptanceShown,
  evidenceText,
  shownAcceptance,
} from './acceptance-list.ts';
export { acceptanceRecord } from './acceptance-record.ts';
export { acceptancesLatest } from './acceptances-latest.ts';
export { type TermsDocument, termsFile } from './document.ts';
export { contradictions } from './document-checks.ts';
export { clauseCited, confirmed, gateTerms } from './gates.ts';
export { layerAdd, layerEnd, pageOver, pagePass } from './layer-add.ts';
export {
  clauseNamed,
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
export {
  customersAccepted,
  customersUnder,
  type Revision,
  type RevisionPending,
  revisionFacing,
  revisionList,
  revisionPending,
} from './revision-read.ts';
export { askedBy, disagreementEnds } from './revision-rules.ts';
export { problem as termsProblem } from './rules.ts';
export type { Method } from './tables.ts';
export { type TermsLoaded, termsLoad } from './terms-load.ts';
export {
  type AcceptedTerms,
  acceptanceLatest,
  clauseShown,
  type TermsVersion,
  termsAccepted,
  termsAcceptedAll,
  termsCurrent,
  versionById,
  versionNewest,
} from './terms-read.ts';
