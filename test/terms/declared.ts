/** Clauses that are shown and accepted only, each with why there is nothing for software to do. */
const LANTIAN: Record<string, string> = {
  '1.1': 'says whose terms these are; the host name decides which brand is met',
  '3.1': 'names the law that holds; what is done on a breach stands in 3.2',
  '7.2': 'limits what may be claimed; the cap that can be computed stands in 7.1',
  '8.1': 'names the law that governs',
  '8.2': 'names how a dispute goes on outside of us',
};

const ASIAYUN: Record<string, string> = {
  '1.2': 'says what the agreement covers; the catalogue is what is really provided',
  '2.2.3': 'says who bears a delay; nothing becomes due by it',
  '3.3': 'a duty of the customer on its own machine, which we don’t look into',
  '3.4': 'a right to change pages; an agreement changes by 11 and a price by 3.5',
  '4.2': 'a duty of the customer; what is done on a breach stands in 4.5.1 and 4.5.2.2',
  '4.4': 'says who bears a notice that missed its reader; attempts are recorded by 3.6',
  '4.6': 'a licence: what people do with a copy happens outside of us',
  '5.1': 'says that what was chosen and paid is given, which 3.5 and 5.3 act on',
  '6.5': 'a permission that we make no use of beyond counts',
  '6.6': 'says whose rules hold on other sites',
  '8.2': 'says who answers for partners',
  '8.3': 'says who bears the claims of third parties',
  '8.4': 'limits what may be claimed; the cap that can be computed stands in 8.5',
  '9.4': 'a rule of interpretation for courts',
  '10': 'says whose the marks and contents are',
};

const YUNFUWUQI: Record<string, string> = {
  'S2.4': 'says who answers for what a server holds',
  S7: 'limits what may be claimed; no figure stands in it',
};

const QINIU: Record<string, string> = {
  '3.1.3.2': 'a licence: what people do with a copy happens outside of us',
  '3.1.3.3': 'licences of others, between them and the customer',
  '3.1.3.8': 'a duty of the customer; tenants have no way to the system’s configuration',
  '3.1.5': 'says who keeps data and passwords',
  '3.1.8': 'says what is no breach; nothing follows from it',
  '3.1.9': 'a duty of the customer; the console offers no backup and says so as a highlight',
  '3.2.3': 'says who repairs; outages and what follows from them stand in 8.2 and 9.2.1',
  '4.1': 'a permission to do what the service needs',
  '5.1': 'a warranty by the customer; a dispute about it stands in 5.2',
  '6': 'a duty of both sides’ people',
  '8.3': 'limits what may be claimed; the cap that can be computed stands in 8.4',
  '10.2': 'names the court',
};

export const DECLARED: Record<string, Record<string, string>> = {
  lantian: LANTIAN,
  asiayun: ASIAYUN,
  wujiyun: ASIAYUN,
  yunfuwuqi: YUNFUWUQI,
  qiniu: QINIU,
};
