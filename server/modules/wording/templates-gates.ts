/** Notices of service contracts, restrictions and filings. */
export const GATE_TEMPLATES = {
  'disclosed-to-authority': {
    subject: {
      zh: '已依法向{authority}提供您的信息',
      en: 'Information about you was given to {authority} by law',
    },
    body: {
      zh: '根据{authority}的{document}（依据：{article}），我们提供了您账户的相关记录。如有疑问，请联系客服。',
      en: 'By {document} of {authority} (legal basis: {article}) we gave what is on record of your account. Write to support if you have questions.',
    },
  },
  'service-contract-agreed': {
    subject: { zh: '服务合同 {number} 已生效登记', en: 'Service contract {number} is on record' },
    body: {
      zh: '“{title}”（{number}）已登记，有效期 {from} 至 {to}。其中的约定优先于用户协议（条款 {clause}）。签署文件和每项约定见控制台。',
      en: '“{title}” ({number}) is on record, from {from} to {to}. What it says goes before the agreement (clause {clause}). Its signed file and each of its figures are in the console.',
    },
  },
  'service-contract-ended': {
    subject: { zh: '服务合同 {number} 已终止', en: 'Service contract {number} has ended' },
    body: {
      zh: '“{title}”（{number}）已终止，原因：{reason}。此后以用户协议为准（条款 {clause}）；文件仍可在控制台下载。',
      en: '“{title}” ({number}) has ended: {reason}. From now on the agreement holds (clause {clause}); the file stays in the console.',
    },
  },
  'restriction-placed': {
    subject: { zh: '账户的部分功能已被限制', en: 'Some of what your account may do is restricted' },
    body: {
      zh: '自即日起限制：{acts}。原因：{reason}（条款 {clause}）。其他功能不受影响。如何解除：{opens}',
      en: 'Restricted from now on: {acts}. Why: {reason} (clause {clause}). Nothing else is affected. What lifts it: {opens}',
    },
  },
  'restriction-lifted': {
    subject: { zh: '账户限制已解除', en: 'A restriction of your account is lifted' },
    body: {
      zh: '已恢复：{acts}。原因：{reason}',
      en: 'Open again: {acts}. Why: {reason}',
    },
  },
  'filing-decided': {
    subject: { zh: '{subject} 的{filing}：{outcome}', en: '{filing} of {subject}: {outcome}' },
    body: {
      zh: '您登记的 {filing} {number}（{subject}）：{outcome}。{reason}（条款 {clause}）',
      en: 'The {filing} {number} of {subject} that you entered: {outcome}. {reason} (clause {clause})',
    },
  },
  'filing-expiring': {
    subject: { zh: '{subject} 的{filing}将于 {until} 到期', en: '{filing} of {subject} expires on {until}' },
    body: {
      zh: '{filing} {number}（{subject}）有效期至 {until}。到期后网站不再视为已备案（条款 {clause}），请及时更新。',
      en: 'The {filing} {number} of {subject} is valid until {until}. After that the site counts as one without it (clause {clause}); renew it in time.',
    },
  },
  'web-shut': {
    subject: {
      zh: '{region}按中国大陆管理：{ports} 端口已关闭',
      en: '{region} counts as mainland China now: ports {ports} are shut',
    },
    body: {
      zh: '自即日起，{region}按中国大陆地区管理，网站须先完成备案才能对外开放（条款 {clause}）。以下服务通往 {ports} 端口的公网访问已关闭，其他端口、机器和数据不受影响：\n{services}\n如何恢复：{opens}',
      en: 'From now on {region} counts as mainland China, where a website needs its filing before it opens to the public (clause {clause}). The public ways to ports {ports} of these services are shut; other ports, the machines and the data are as they were:\n{services}\nWhat opens them again: {opens}',
    },
  },
};
