/** What is on record of who belongs to an account, by the acts’ codes; joined in acts.ts. */
export const memberActs = {
  session_switched: '切换账户',
  member_invited: '邀请成员',
  member_invitation_withdrawn: '撤回邀请',
  member_joined: '成员加入',
  member_changed: '更改成员角色',
  member_left: '成员退出',
  member_removed: '移除成员',
  customer_second_factor_required: '要求所有成员两步验证',
  customer_second_factor_optional: '不再要求成员两步验证',
  profile_changed: '修改个人资料',
  responsible_named: '指定负责人',
  responsible_ended: '取消负责人',
};
