/** What is on record about how people sign in. */
export const securityActs = {
  session_proved: '再次验证身份',
  sessions_others_ended: '结束其他所有登录',
  user_password_recovered: '找回密码',
  totp_enrolled: '启用动态验证码',
  totp_removed: '停用动态验证码',
  passkey_enrolled: '添加通行密钥',
  passkey_renamed: '通行密钥改名',
  passkey_removed: '删除通行密钥',
  passkey_counter_went_back: '通行密钥计数异常，已停用',
  recovery_codes_issued: '生成恢复码',
  recovery_code_used: '使用恢复码',
  question_set: '设置安全问题',
  question_removed: '删除安全问题',
  factors_removed: '清除全部第二步验证',
};
