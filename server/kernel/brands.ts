import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Document, LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import type { LocalizedText } from './text.ts';

/** Brands are data: a folder each, with brand.yaml (who), terms.yaml (what was agreed) and catalogue.yaml (what is sold). */

export const localizedText = z.strictObject({ zh: z.string().min(1), en: z.string().min(1) });

const brandFile = z.strictObject({
  id: z.string().regex(/^[a-z][a-z0-9-]{1,30}$/),
  name: localizedText,
  tagline: localizedText,
  domains: z.array(z.string().regex(/^(\*\.)?[a-z0-9.-]+$/)).min(1),
  zone: z
    .string()
    .refine((zone) => Intl.supportedValuesOf('timeZone').includes(zone), 'not an IANA time zone'),
  currency: z.literal('CNY'),
  mail_from: localizedText,
  theme: z.strictObject({ primary: z.string().regex(/^#[0-9a-f]{6}$/) }),
  /** Where customers send bank transfers to; without it none are offered. */
  bank_account: z
    .strictObject({
      holder: z.string().min(1).max(100),
      bank: z.string().min(1).max(100),
      number: z.string().regex(/^[0-9-]{6,34}$/),
    })
    .optional(),
});

export interface Brand {
  readonly id: string;
  readonly name: LocalizedText;
  readonly tagline: LocalizedText;
  readonly domains: readonly string[];
  /** IANA zone of its natural days. */
  readonly zone: string;
  readonly mailFrom: LocalizedText;
  readonly theme: { readonly primary: string };
  readonly bankAccount: { readonly holder: string; readonly bank: string; readonly number: string } | null;
  /** The folder that it was read from. */
  readonly dir: string;
}

export class BrandFileError extends Error {}

/** Reads a YAML file by a schema. Throws BrandFileError naming file, line and reason. */
export function readYaml<T>(path: string, schema: z.ZodType<T>): T {
  const lines = new LineCounter();
  const document = parseDocument(readFileSync(path, 'utf8'), { lineCounter: lines, uniqueKeys: true });
  const broken = document.errors[0];
  if (broken)
    throw new BrandFileError(
      `${path}:${lines.linePos(broken.pos[0]).line}: ${broken.message.split('\n')[0]}`,
    );
  const parsed = schema.safeParse(document.toJS());
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  const at = issue.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0]!] : issue.path;
  throw new BrandFileError(
    `${path}:${lineOf(document, at, lines)}: ${issue.path.join('.')}: ${issue.message}`,
  );
}

/** The line of what stands there, or of the nearest thing around a place where nothing stands. */
function lineOf(document: Document.Parsed, path: PropertyKey[], lines: LineCounter): number {
  for (let depth = path.length; depth > 0; depth--) {
    const node = document.getIn(path.slice(0, depth), true) as
      | { range?: [number, number, number] }
      | undefined;
    if (node?.range) return lines.linePos(node.range[0]).line;
  }
  return 1;
}

export class Brands {
  readonly all: readonly Brand[];

  constructor(all: readonly Brand[]) {
    if (all.length === 0) throw new BrandFileError('no brands');
    this.all = all;
  }

  static load(root: string): Brands {
    const dirs = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    return new Brands(
      dirs.map(({ name }) => {
        const dir = join(root, name);
        const {
          mail_from,
          bank_account,
          currency: _,
          ...file
        } = readYaml(join(dir, 'brand.yaml'), brandFile);
        if (file.id !== name)
          throw new BrandFileError(`${dir}/brand.yaml: id ${file.id} is not the folder's name`);
        return { ...file, mailFrom: mail_from, bankAccount: bank_account ?? null, dir };
      }),
    );
  }

  get(id: string): Brand {
    const found = this.all.find((brand) => brand.id === id);
    if (!found) throw new Error(`no brand ${id}`);
    return found;
  }

  /** The brand whose domain a host name is; the first one for any other name (localhost, an address). */
  byHost(host: string): Brand {
    const name = host.toLowerCase();
    const matches = (domain: string) =>
      domain.startsWith('*.') ? name.endsWith(domain.slice(1)) : name === domain;
    return this.all.find((brand) => brand.domains.some(matches)) ?? this.all[0]!;
  }
}
