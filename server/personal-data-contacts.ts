import type { Link, PersonalTable } from './personal-data.ts';

/** How people are reached, and what they say of themselves. */

const OF_USER: readonly Link[] = [{ user: 'user_id' }];

export const CONTACTS: readonly PersonalTable[] = [
  {
    table: 'reach_profile',
    name: { zh: '个人资料', en: 'Profile' },
    category: 'contacts',
    whose: 'customer',
    purposes: ['support-and-notices'],
    basis: 'consent',
    found: [{ customer: 'customer_id' }],
    at: 'changed_at',
    columns: [
      'full_name_sealed',
      'address_sealed',
      'nationality',
      'province',
      'city',
      'time_zone',
      'postcode',
      'fax',
      'homepage',
      'job_title',
      'changed_at',
    ],
    erase: { delete: true },
  },
  {
    table: 'reach_responsible',
    name: { zh: '产品负责人', en: 'Responsible persons' },
    category: 'contacts',
    whose: 'user',
    purposes: ['support-and-notices'],
    basis: 'contract',
    found: [{ user: 'user_id' }, { customer: 'customer_id' }],
    at: 'named_at',
    columns: ['product', 'phone_shown', 'named_at'],
    hidden: ['phone_sealed'],
    erase: { set: { phone_sealed: 'null', phone_shown: 'null', ended_at: 'coalesce(t.ended_at, $now)' } },
  },
  {
    table: 'identity_contact_code',
    name: { zh: '联系方式验证码', en: 'Codes for contacts' },
    category: 'contacts',
    whose: 'user',
    purposes: ['verification'],
    basis: 'contract',
    found: OF_USER,
    at: 'sent_at',
    columns: ['sent_at'],
    hidden: ['digest', 'code_hash'],
    erase: { delete: true },
  },
  {
    table: 'identity_contact',
    name: { zh: '联系方式', en: 'Contacts' },
    category: 'contacts',
    whose: 'user',
    purposes: ['verification', 'support-and-notices'],
    basis: 'contract',
    found: [{ customer: 'customer_id' }, { user: 'user_id' }],
    at: 'stated_at',
    columns: ['kind', 'sealed', 'shown', 'stated_at', 'verified_at'],
    hidden: ['digest'],
    erase: {
      set: {
        sealed: 'null',
        shown: `''`,
        digest: `''`,
        state: `'gone'`,
        gone_at: 'coalesce(t.gone_at, $now)',
      },
    },
  },
];
