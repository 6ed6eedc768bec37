/** Notices of revisions of an agreement. */
export const TERMS_TEMPLATES = {
  'terms-revised': {
    subject: {
      zh: '《{title}》{version} 版将于 {from} 生效',
      en: '{title}: version {version} holds from {from}',
    },
    body: {
      zh: '我们修订了《{title}》（条款 {clause}），{version} 版自 {from} 起生效。有改动的条款：\n{changes}\n两个版本的全文和逐条对照见网站的“服务条款”页。生效后您再次登录时请阅读并确认；在您确认之前，已有的服务继续按您接受的版本提供。',
      en: 'We have revised our {title} (clause {clause}); version {version} holds from {from}. What changes:\n{changes}\nBoth versions and what differs between them are on the page “Terms” of our site. Once it holds you are asked to confirm it when you next sign in; until then your services go on by the version that you accepted.',
    },
  },
  'terms-revised-use': {
    subject: {
      zh: '《{title}》{version} 版将于 {from} 生效',
      en: '{title}: version {version} holds from {from}',
    },
    body: {
      zh: '我们修订了《{title}》（条款 {clause}），{version} 版自 {from} 起生效。有改动的条款：\n{changes}\n两个版本的全文和逐条对照见网站的“服务条款”页。生效后继续使用服务即表示接受；不同意的，可以停止使用，或在控制台表示不同意。',
      en: 'We have revised our {title} (clause {clause}); version {version} holds from {from}. What changes:\n{changes}\nBoth versions and what differs between them are on the page “Terms” of our site. Once it holds, using the services on is accepting it; if you disagree you may stop, or say so in the console.',
    },
  },
  'terms-disagreed': {
    subject: {
      zh: '已记录：您不同意 {version} 版条款',
      en: 'On record: you disagree with version {version} of the terms',
    },
    body: {
      zh: '按您接受的条款 {clause}，您的服务将于 {ends} 终止，在此之前仍按原条款提供，请拷走数据。此前可以随时在控制台撤回。',
      en: 'By clause {clause} of the terms that you accepted, your services end at {ends}. Until then they go on by those terms; copy your data out. You can take it back in the console at any time before.',
    },
  },
  'terms-disagreed-done': {
    subject: { zh: '您的服务已按条款终止', en: 'Your services have ended by the terms' },
    body: {
      zh: '您不同意 {version} 版条款，服务已按条款 {clause} 终止；费用按实际用量结清，数据的保留时间见各服务的页面。',
      en: 'You disagreed with version {version} of the terms, and your services have ended by clause {clause}. What was used is settled; how long data is kept is on the page of each service.',
    },
  },
} as const;
