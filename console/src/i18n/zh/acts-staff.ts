/** What is on record of the staff, by the acts’ codes; joined in acts.ts. */
export const staffActs = {
  staff_acted: '重复的操作，没有改变任何内容',
  staff_roles_set: '设置员工角色',
  staff_password_changed: '员工修改自己的密码',
  staff_role_made: '新建角色',
  staff_role_changed: '更改角色',
  staff_role_ended: '删除角色',
  staff_erased: '清除离职员工的个人信息',
  staff_left: '员工离职',
  staff_factor_refused: '员工两步验证未通过',
  staff_factor_reset_asked: '申请重置两步验证',
  staff_factor_reset_refused: '拒绝重置两步验证',
  staff_factor_reset: '重置两步验证',
  staff_sessions_ended: '结束员工会话',
  customer_visited: '员工以客户身份登录',
  customer_visit_ended: '员工结束以客户身份登录',
};
