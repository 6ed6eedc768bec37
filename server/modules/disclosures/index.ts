export { disclosureRecord } from './disclosure-record.ts';
