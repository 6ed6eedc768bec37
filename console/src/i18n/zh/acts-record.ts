/** Acts about API keys, the record itself and what authorities ask for. */
export const recordActs = {
  key_made: '新建 API 密钥',
  key_revoked: '吊销 API 密钥',
  audit_removed: '移除到期的操作记录',
  customer_disclosed: '对外提供资料',
  authority_requested: '申请依法提供',
  authority_file_made: '生成依法提供的文件',
  authority_file_had: '下载依法提供的文件',
  authority_file_lapsed: '依法提供的文件过期',
} as const;
