/** Notices of outages, of claims, and of moves to another data centre. */
export const OUTAGE_TEMPLATES = {
  'outage-extended': {
    subject: {
      zh: '{service} 因故障顺延 {hours} 小时',
      en: '{service} is extended by {hours} hours for an outage',
    },
    body: {
      zh: '{service} 在 {from} 至 {until} 期间中断。按条款 {clause}，到期时间顺延 {hours} 小时，无需操作。',
      en: '{service} was down from {from} to {until}. By clause {clause} its term is extended by {hours} hours; you need do nothing.',
    },
  },
  'outage-by-month': {
    subject: {
      zh: '{service} 的故障已计入当月可用性',
      en: 'An outage of {service} counts against its availability',
    },
    body: {
      zh: '{service} 在 {from} 至 {until} 期间中断，已计入当月可用性（条款 {clause}）。月末统计后如有补偿，自动存入您的余额。',
      en: '{service} was down from {from} to {until}; it counts against the month’s availability (clause {clause}). What is due is credited to your balance by itself when the month is over.',
    },
  },
  'outage-excluded': {
    subject: { zh: '{service} 的故障不在补偿范围', en: 'An outage of {service} that isn’t made good' },
    body: {
      zh: '{service} 在 {from} 至 {until} 期间中断。原因属于条款 {clause} 列明的除外情形，不予补偿。',
      en: '{service} was down from {from} to {until}. Its cause is one of those that clause {clause} excludes; nothing is made good.',
    },
  },
  'outage-nothing': {
    subject: { zh: '{service} 的故障已处理完毕', en: 'An outage of {service} is settled' },
    body: {
      zh: '{service} 在 {from} 至 {until} 期间中断，已处理完毕。按您接受的条款（{clause}），不另行顺延或补偿；如有损失，可在服务页提出索赔。',
      en: '{service} was down from {from} to {until}; this is settled. By the terms that you accepted ({clause}) nothing more is extended or paid; if you had damage, a claim can be made on the page of the service.',
    },
  },
  'outage-end-right': {
    subject: {
      zh: '{service} 可以终止并退回未消费部分',
      en: 'You may end {service}; the unconsumed part goes back',
    },
    body: {
      zh: '{service} 截至 {since} 连续中断的时长已达到条款 {clause} 约定的上限。您可以在控制台终止它，未消费的部分退回您的账户，也可以提出索赔。',
      en: 'By {since}, {service} was down without a break for as long as clause {clause} says. You may end it in the console: what isn’t consumed goes back to your account, and you may make a claim.',
    },
  },
  'outage-month': {
    subject: {
      zh: '{service} {month} 月可用性补偿 {amount} 元',
      en: '{service}: CNY {amount} for the availability of {month}',
    },
    body: {
      zh: '{service} 在 {month} 月的可用性为 {availability}%，按条款 {clause} 补偿当月费用的 {percent}%：{amount} 元，已存入您的余额。',
      en: 'In {month} {service} was available for {availability} %. By clause {clause}, {percent} % of the month’s fee goes back: CNY {amount} is in your balance.',
    },
  },
  'force-majeure': {
    subject: { zh: '不可抗力告知：{title}', en: 'Notice of force majeure: {title}' },
    body: {
      zh: '根据条款 {clause}，现书面告知：自 {from} 起，因不可抗力部分义务无法履行。\n受影响的服务：{services}\n{statement}\n证明文件：{proof}（登录后可下载）。影响消除后，我们将恢复履行并另行告知。',
      en: 'By clause {clause} we tell you in writing: since {from} some of our duties can’t be done because of force majeure.\nWhat of yours it hits: {services}\n{statement}\nProof: {proof} (sign in to download it). When it ends our duties go on, and we tell you so.',
    },
  },
  'force-majeure-over': {
    subject: { zh: '不可抗力已消除：{title}', en: 'Force majeure has ended: {title}' },
    body: {
      zh: '{from} 开始的不可抗力已于 {until} 消除，我们已恢复履行义务（条款 {clause}）。\n涉及的服务：{services}',
      en: 'The force majeure that began at {from} ended at {until}; our duties go on (clause {clause}).\nWhat of yours it hit: {services}',
    },
  },
  'claim-received': {
    subject: { zh: '已收到索赔：{amount} 元', en: 'Your claim of CNY {amount} is on record' },
    body: {
      zh: '我们已收到您就 {about} 提出的 {amount} 元索赔，上限为 {cap} 元（条款 {clause}）。处理结果会另行通知。',
      en: 'Your claim of CNY {amount} about {about} is on record. The terms cap it at CNY {cap} (clause {clause}). You are told what is decided.',
    },
  },
  'claim-granted': {
    subject: {
      zh: '索赔已通过：{amount} 元已存入余额',
      en: 'Your claim is granted: CNY {amount} is in your balance',
    },
    body: {
      zh: '您就 {about} 提出的索赔已通过，{amount} 元已存入余额（条款 {clause}）。\n说明：{reason}',
      en: 'Your claim about {about} is granted: CNY {amount} is in your balance (clause {clause}).\n{reason}',
    },
  },
  'claim-refused': {
    subject: { zh: '索赔未通过：{about}', en: 'Your claim about {about} is refused' },
    body: {
      zh: '您就 {about} 提出的 {amount} 元索赔未通过。\n原因：{reason}（条款 {clause}）',
      en: 'Your claim of CNY {amount} about {about} is refused.\nWhy: {reason} (clause {clause})',
    },
  },
  'move-announced': {
    subject: { zh: '{service} 将于 {from} 迁移机房', en: '{service} moves to another data centre at {from}' },
    body: {
      zh: '{service} 将在 {from} 至 {until} 期间迁移到{destination}（条款 {clause}）。\n原因：{reason}\n期间会短暂中断；如使用域名解析到固定 IP，请及时修改 DNS。',
      en: '{service} moves to {destination} between {from} and {until} (clause {clause}).\nWhy: {reason}\nIt is interrupted for a while; if a domain points to its address, change the DNS in time.',
    },
  },
  'move-changed': {
    subject: { zh: '{service} 的迁移时间改为 {from}', en: '{service} moves at {from} instead' },
    body: {
      zh: '{service} 迁移到{destination}的时间改为 {from} 至 {until}（条款 {clause}）。\n原因：{reason}',
      en: 'The move of {service} to {destination} is between {from} and {until} now (clause {clause}).\nWhy: {reason}',
    },
  },
  'move-cancelled': {
    subject: { zh: '{service} 不迁移了', en: '{service} does not move' },
    body: {
      zh: '原定 {from} 至 {until} 将 {service} 迁移到{destination}的计划已取消。\n原因：{reason}',
      en: 'The move of {service} to {destination} that was set for {from} to {until} is cancelled.\nWhy: {reason}',
    },
  },
  'move-done': {
    subject: { zh: '{service} 迁移完成', en: '{service} has moved' },
    body: {
      zh: '{service} 已迁移到{destination}。\n{address}',
      en: '{service} has moved to {destination}.\n{address}',
    },
  },
} as const;
