import { existsSync, readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { BrandFileError, readYaml } from './brand-file.ts';
import type { LocalizedText } from './text.ts';

/** Brands are data: a folder each, with brand.yaml (who), terms.yaml (what was agreed) and catalogue.yaml (what is sold). */

export const localizedText = z.strictObject({ zh: z.string().min(1), en: z.string().min(1) });

/** So many calls of the API in so many seconds. */
const callLimit = z.strictObject({
  calls: z.int().min(1).max(10_000_000),
  seconds: z.int().min(1).max(3_600),
});

const smsTemplate = z.string().regex(/^SMS_\d{1,20}$/);

/** More than so many in so many minutes, and under which of the agreement's categories that is looked at. */
const watched = z.strictObject({
  category: z.string().regex(/^[a-z0-9-]{1,20}$/),
  more_than: z.int().min(1).max(100_000_000),
  minutes: z.int().min(1).max(1_440),
});

export const brandFile = z.strictObject({
  id: z.string().regex(/^[a-z][a-z0-9-]{1,30}$/),
  name: localizedText,
  tagline: localizedText,
  /** Host names; the first without a star is where customers are sent. */
  domains: z.array(z.string().regex(/^(\*\.)?[a-z0-9.-]+$/)),
  /** The one that answers under any other name; without it the first in the alphabet does. */
  default: z.literal(true).optional(),
  zone: z
    .string()
    .refine((zone) => Intl.supportedValuesOf('timeZone').includes(zone), 'not an IANA time zone'),
  currency: z.literal('CNY'),
  mail_from: localizedText,
  /** A mailbox that people read, for questions. */
  contact_email: z.email().optional(),
  theme: z.strictObject({ primary: z.string().regex(/^#[0-9a-f]{6}$/) }),
  /** Where customers send bank transfers to; without it none are offered. */
  bank_account: z
    .strictObject({
      holder: z.string().min(1).max(100),
      bank: z.string().min(1).max(100),
      number: z.string().regex(/^[0-9-]{6,34}$/),
    })
    .optional(),
  /** Who stands behind the brand, on invoices and contracts; the tax number is of GB 32100-2015. */
  legal: z
    .strictObject({
      name: localizedText,
      tax_number: z.string().regex(/^[0-9A-Z]{15,20}$/),
      address: localizedText,
      phone: z.string().min(1).max(40),
    })
    .optional(),
  /** Whether staff look at a contract before it is sealed. */
  contracts: z.enum(['at-once', 'after-approval']).optional(),
  /** Third parties by whom one may sign in; ids and secrets stand in the environment. */
  sign_in: z
    .array(z.enum(['oidc', 'qq', 'wechat', 'github']))
    .max(4)
    .optional(),
  /** How often API keys may call: one key, all of a customer's together, all of the brand's; ours where it says none. */
  api_limits: z.strictObject({ key: callLimit, customer: callLimit, brand: callLimit }).partial().optional(),
  /** Months after which the record of acts is removed, block by block; 36 where it says nothing. */
  audit_months: z.int().min(6).max(600).optional(),
  /** After how long without use a session ends: customers' in hours, staff's in minutes; the deployment's where it says none. */
  session_idle: z
    .strictObject({ hours: z.int().min(1).max(720), staff_minutes: z.int().min(10).max(720) })
    .partial()
    .optional(),
  /** Whether customers' people may have a second factor or must; each owner may ask for it where they only may. */
  second_factor: z.enum(['offered', 'required']).optional(),
  /** What the operator decides of real-name checks where the terms leave it open. */
  real_name: z
    .strictObject({
      accounts: z
        .strictObject({ most: z.number().int().min(1).max(1000), beyond: z.enum(['refuse', 'review']) })
        .optional(),
      attempts_per_day: z.number().int().min(1).max(50).optional(),
    })
    .optional(),
  /**
   * What a machine may begin (connections; distinct targets, as a scan has; connections to others' mail) before staff are
   * asked to look. No agreement gives these figures: they open a case, and do nothing else.
   */
  watch: z.strictObject({ connections: watched, targets: watched, mails: watched }).partial().optional(),
  /** What the SMS sender approved: the signature before each text, and the code of each text's template. */
  sms: z
    .strictObject({
      sign: localizedText,
      templates: z.record(
        z.string().regex(/^[a-z][a-z-]{1,40}$/),
        z.strictObject({ zh: smsTemplate.optional(), en: smsTemplate.optional() }),
      ),
    })
    .optional(),
});

/** After how long without use a session ends. */
export interface SessionIdle {
  readonly hours: number;
  readonly staffMinutes: number;
}

/** More than so many in so many minutes open a case of this category. */
export interface Watched {
  readonly category: string;
  readonly more_than: number;
  readonly minutes: number;
}

const SESSION_IDLE: SessionIdle = { hours: 168, staffMinutes: 60 };

export interface Brand {
  readonly id: string;
  readonly name: LocalizedText;
  readonly tagline: LocalizedText;
  readonly domains: readonly string[];
  /** IANA zone of its natural days. */
  readonly zone: string;
  readonly mailFrom: LocalizedText;
  readonly theme: { readonly primary: string };
  /** A mailbox that people read, for questions. */
  readonly contact_email?: string | undefined;
  /** Who stands behind the brand on invoices and contracts; tax number: GB 32100-2015. */
  readonly legal?:
    | {
        readonly name: LocalizedText;
        readonly tax_number: string;
        readonly address: LocalizedText;
        readonly phone: string;
      }
    | undefined;
  /** Whether staff look at a contract before it is sealed. */
  readonly contracts?: 'at-once' | 'after-approval' | undefined;
  /** Third parties by whom one may sign in, where the environment has an id and a secret for them. */
  readonly sign_in?: readonly ('oidc' | 'qq' | 'wechat' | 'github')[] | undefined;
  /** How often API keys may call. */
  readonly api_limits?:
    | { readonly [name in 'key' | 'customer' | 'brand']?: { calls: number; seconds: number } | undefined }
    | undefined;
  /** Whether customers' people must have a second factor; where they needn't, each owner may ask for it. */
  readonly second_factor?: 'offered' | 'required' | undefined;
  /** Months after which the record of acts is removed; 36 without. */
  readonly audit_months?: number | undefined;
  /** After how long without use a session ends. */
  readonly sessionIdle: SessionIdle;
  /** What the operator decides of real-name checks where the terms leave it open. */
  readonly real_name?:
    | {
        readonly accounts?: { readonly most: number; readonly beyond: 'refuse' | 'review' } | undefined;
        readonly attempts_per_day?: number | undefined;
      }
    | undefined;
  /** What a machine may begin before staff are asked to look. */
  readonly watch?:
    | { readonly [what in 'connections' | 'targets' | 'mails']?: Watched | undefined }
    | undefined;
  /** What the SMS sender approved; by text, then by language. */
  readonly sms?:
    | {
        readonly sign: LocalizedText;
        readonly templates: Readonly<
          Record<string, { readonly zh?: string | undefined; readonly en?: string | undefined }>
        >;
      }
    | undefined;
  readonly bankAccount: { readonly holder: string; readonly bank: string; readonly number: string } | null;
  /** The folder that it was read from. */
  readonly dir: string;
}

export class Brands {
  #all: readonly Brand[];

  constructor(all: readonly Brand[]) {
    if (all.length === 0) throw new BrandFileError('no brands');
    this.#all = all;
  }

  get all(): readonly Brand[] {
    return this.#all;
  }

  /** From now on these, for all who hold this: they were read again. */
  become({ all }: Brands): void {
    this.#all = all;
  }

  /** Reads each folder of `root`. The default brand comes first, the others by their names. `idle`: where a brand says none. */
  static load(root: string, idle?: SessionIdle): Brands {
    brandsRestore(root);
    const dirs = readdirSync(root, { withFileTypes: true }).filter(
      (entry) => entry.isDirectory() && !entry.name.startsWith('.'),
    );
    const read = dirs.map(({ name }) => readBrand(join(root, name), name, idle));
    const chosen = read.filter(({ first }) => first);
    if (chosen[1])
      throw new BrandFileError(
        `${chosen[1].brand.dir}/brand.yaml: ${chosen[0]!.brand.id} is the default brand already`,
      );
    read.sort((a, b) => Number(b.first) - Number(a.first) || (a.brand.id < b.brand.id ? -1 : 1));
    return new Brands(read.map(({ brand }) => brand));
  }

  get(id: string): Brand {
    const found = this.all.find((brand) => brand.id === id);
    if (!found) throw new Error(`no brand ${id}`);
    return found;
  }

  /** The brand that signs its SMS so; the first one for any other signature. */
  bySign(sign: string): Brand {
    const signs = ({ sms, name }: Brand) => Object.values(sms?.sign ?? name);
    return this.all.find((brand) => signs(brand).includes(sign)) ?? this.all[0]!;
  }

  /**
   * The brand whose domain a host name is, or whose id stands before `.localhost`; the first one for any other
   * name (localhost, an address).
   */
  byHost(host: string): Brand {
    const name = host.toLowerCase();
    const matches = (domain: string) =>
      domain.startsWith('*.') ? name.endsWith(domain.slice(1)) : name === domain;
    return (
      this.all.find(({ id, domains }) => name === `${id}.localhost` || domains.some(matches)) ?? this.all[0]!
    );
  }

  /**
   * Where a brand's customers find it: `publicUrl` if that is the brand's own address; beside a loopback address
   * `ID.localhost`, which browsers resolve by themselves; otherwise its first domain.
   */
  url(brand: Brand, publicUrl: string): string {
    const url = new URL(publicUrl);
    if (this.byHost(url.hostname).id === brand.id) return url.origin;
    const domain = brand.domains.find((candidate) => !candidate.startsWith('*'));
    if (isLoopback(url.hostname)) url.hostname = `${brand.id}.localhost`;
    else if (domain) url.hostname = domain;
    return url.origin;
  }
}

/** Folders that were being replaced (`./cloudpact brand load`) when something cut it are put back as they were. */
export function brandsRestore(root: string): void {
  for (const name of readdirSync(root)) {
    const id = /^\.([a-z][a-z0-9-]*)\.previous$/.exec(name)?.[1];
    if (id && !existsSync(join(root, id))) renameSync(join(root, name), join(root, id));
  }
}

export function isLoopback(host: string): boolean {
  return /^(localhost|.*\.localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(host);
}

/** Reads brand.yaml of a folder whose name has to be the brand's id; `first`: it is the default brand. */
export function readBrand(
  dir: string,
  name: string,
  idle: SessionIdle = SESSION_IDLE,
): { brand: Brand; first: boolean } {
  const read = readYaml(join(dir, 'brand.yaml'), brandFile);
  const { mail_from, bank_account, session_idle, currency: _, default: first, ...file } = read;
  if (file.id !== name) throw new BrandFileError(`${dir}/brand.yaml: id ${file.id} is not the folder's name`);
  const sessionIdle = {
    hours: session_idle?.hours ?? idle.hours,
    staffMinutes: session_idle?.staff_minutes ?? idle.staffMinutes,
  };
  const brand = { ...file, mailFrom: mail_from, bankAccount: bank_account ?? null, sessionIdle, dir };
  return { brand, first: first ?? false };
}
