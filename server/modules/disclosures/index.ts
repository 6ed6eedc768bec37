export { disclosureBasis, disclosureRecord } from './disclosure-record.ts';
