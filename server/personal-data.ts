import type { LocalizedText } from '#kernel/text.ts';
import { CONTACTS } from './personal-data-contacts.ts';
import { MESSAGES } from './personal-data-messages.ts';
import { MONEY } from './personal-data-money.ts';
import { PEOPLE } from './personal-data-people.ts';
import { RECORDS } from './personal-data-records.ts';
import { SERVICES } from './personal-data-services.ts';

/**
 * What is kept of people, by table: which columns, for what (云服务器 P1.1 and P2), on which legal basis, how long, whose it
 * is, how it is found from a person, and what an erasure does with it. Room privacy shows, copies and erases by this list
 * alone; test/terms/personal-data.test.ts finds a column that was forgotten. A room that adds a column with something of
 * a person adds it here.
 */

export const PURPOSES = [
  'service',
  'orders-and-billing',
  'verification',
  'support-and-notices',
  'analysis',
] as const;

export type Purpose = (typeof PURPOSES)[number];

/** As customers see them on their page. */
export const CATEGORIES = [
  'account',
  'contacts',
  'sign-in',
  'verification',
  'services',
  'money',
  'agreements',
  'messages',
  'cases',
  'records',
] as const;
export type Category = (typeof CATEGORIES)[number];

/** `outsider`: somebody without an account, such as a guardian, a payer, whoever reports abuse. */
export type Whose = 'user' | 'customer' | 'staff' | 'outsider';

/** Article 13 of the Personal Information Protection Law of the PRC (PIPL), paragraph 1, by item. */
export type Basis = 'consent' | 'contract' | 'legal-duty';
export const BASES: Record<Basis, LocalizedText> = {
  consent: { zh: '个人同意（个人信息保护法第十三条第一项）', en: 'Consent (PIPL article 13, item 1)' },
  contract: {
    zh: '订立、履行合同所必需（个人信息保护法第十三条第二项）',
    en: 'Needed for the contract (PIPL article 13, item 2)',
  },
  'legal-duty': {
    zh: '履行法定义务所必需（个人信息保护法第十三条第三项）',
    en: 'Needed for a legal duty (PIPL article 13, item 3)',
  },
};

/** Why something outlives the account, as it is told to the person. */
export const LAWS = {
  logs: {
    zh: '网络安全法：网络日志留存不少于六个月（2017 年文本第二十一条）',
    en: 'Cybersecurity Law: network logs are kept for at least six months (article 21 of the text of 2017)',
  },
  transactions: {
    zh: '电子商务法第三十一条：交易信息自交易完成之日起保存不少于三年',
    en: 'E-Commerce Law, article 31: transactions are kept for at least three years',
  },
  accounting: {
    zh: '会计档案管理办法：会计凭证保管三十年',
    en: 'Measures for the Administration of Accounting Archives: vouchers are kept for thirty years',
  },
  claims: {
    zh: '民法典第一百八十八条：诉讼时效三年，期间保留合同与处理的证据',
    en: 'Civil Code, article 188: proof of the contract and of what was decided, for the three years in which claims can be brought',
  },
} as const satisfies Record<string, LocalizedText>;
export type Law = keyof typeof LAWS;

/** How a person's rows are found. */
export type Link =
  | { user: string }
  /** Of whoever owns the account. */
  | { customer: string }
  | { staff: string }
  /** The column holds the mailbox of a member of the staff, in rows about them as that (`if`, SQL on `t`). */
  | { staffAddress: string; if: string }
  /** The column holds a mailbox or number that the person proved in this brand, in rows about nobody else (`if`, SQL on `t`). */
  | { address: string; if?: string }
  /** The column of this table names a row of another table of the list. */
  | { via: string; table: string; key: string }
  /** The column begins with this and the customer's id follows. */
  | { prefix: string; text: string };

export interface Keep {
  law: Law;
  months: number;
  /** `row`: from the row's own time (column `at`), for everybody; `account`: from the end of the account. */
  from: 'row' | 'account';
  /** SQL on `t`: only these rows are kept, all others go at once. */
  if?: string;
  /** The room does it by a sweep of its own. */
  by?: string;
}

/**
 * `delete`: the row. `set`: columns, by SQL on `t`; `$now` is the instant of the erasure. `stays`: it holds figures and
 * names nobody once its person is gone, or goes by another's sweep.
 */
export type Erase = { delete: true } | { set: Readonly<Record<string, string>> } | { stays: true };

export interface PersonalTable {
  table: string;
  name: LocalizedText;
  category: Category;
  whose: Whose;
  purposes: readonly Purpose[];
  basis: Basis;
  /** The row's key, for its place in a download. */
  key?: string;
  found: readonly Link[];
  /** SQL on `t`: of which rows this is said. */
  where?: string;
  /** SQL on `t`: which of them the person sees; the law may forbid to tell of some. */
  shown?: string;
  at: string | null;
  /** What the person may see. Sealed ones are opened for them. */
  columns: readonly string[];
  /** Of the person too, but hashes, keys, or somebody else's to see. */
  hidden?: readonly string[];
  erase: Erase;
  /** What happens at the end of the account to rows that are kept. */
  atEnd?: Readonly<Record<string, string>>;
  /** None: it goes with the account. */
  keep?: Keep;
}

/** In the order in which an erasure goes: what points at a row before the row. */
export const PERSONAL_TABLES: readonly PersonalTable[] = [
  ...MONEY,
  ...SERVICES,
  ...RECORDS,
  ...MESSAGES,
  ...CONTACTS,
  ...PEOPLE,
];

/** By column, for what it is kept. */
export const PERSONAL_DATA: Readonly<Record<string, readonly Purpose[]>> = Object.fromEntries(
  PERSONAL_TABLES.flatMap(({ table, columns, hidden = [], purposes }) =>
    [...columns, ...hidden].map((column) => [`${table}.${column}`, purposes]),
  ),
);
