/** What is on record of services that pass to another customer, by the acts’ codes; joined in acts.ts. */
export const pushActs = {
  push_offered: '发起过户',
  push_withdrawn: '撤回过户',
  push_refused: '拒绝接受过户',
  push_declined: '过户未被接受',
  push_lapsed: '过户过期',
  push_given: '服务已过户给他人',
  push_taken: '接受他人过户的服务',
};
