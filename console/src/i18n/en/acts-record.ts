/** Acts about API keys, the record itself and what authorities ask for. */
export const recordActs = {
  key_made: 'API key made',
  key_revoked: 'API key revoked',
  audit_removed: 'Acts removed that are past their time',
  customer_disclosed: 'Information given to others',
  authority_requested: 'Asked for a disclosure by law',
  authority_file_made: 'File for an authority made',
  authority_file_had: 'File for an authority had',
  authority_file_lapsed: 'File for an authority lapsed',
} as const;
