import { writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { BrandFileError, readBrandFile } from '#kernel/brand-file.ts';
import { type Brand, brandFile, readBrand } from '#kernel/brands.ts';
import { nearest } from '#kernel/nearest.ts';
import { type CatalogueDocument, catalogueFile } from '#modules/catalogue/index.ts';
import { contradictions, type Parameters, type TermsDocument, termsFile } from '#modules/terms/index.ts';

/** A brand's folder as a whole: read, checked across its files, and described to editors by JSON Schema. */

export interface BrandFolder {
  brand: Brand;
  terms: TermsDocument;
  catalogue: CatalogueDocument;
}

/** Reads the three files of a brand's folder. Throws BrandFileError with file, line and reason. */
export function readBrandFolder(dir: string): BrandFolder {
  const { brand } = readBrand(dir, basename(dir));
  const terms = readBrandFile(dir, 'terms.yaml', termsFile);
  const catalogue = readBrandFile(dir, 'catalogue.yaml', catalogueFile);
  const { expiry, metered, enforcement } = terms.parameters;
  const categories = (enforcement?.categories ?? []).map(({ id }) => id);
  for (const [what, { category }] of Object.entries(brand.watch ?? {})) {
    if (categories.includes(category)) continue;
    const meant = nearest(category, categories);
    const said = `watch.${what}.category: the terms have no category ${category}`;
    throw new BrandFileError(
      `${join(dir, 'brand.yaml')}:1: ${said}${meant ? `; did you mean ${meant}?` : ''}`,
    );
  }
  const refuse = (reason: string): never => {
    throw new BrandFileError(`${join(dir, 'catalogue.yaml')}:1: ${reason}`);
  };
  if (catalogue.products.length > 0 && !expiry)
    refuse('products are sold for a period, and the terms have no expiry: nothing would ever end');
  if (catalogue.metered?.length && !metered)
    refuse('products are charged by use, and the terms have no metered: nothing may be charged');
  for (const { id, terms: page } of catalogue.products) {
    const [wrong] = page ? contradictions({ ...terms.parameters, ...page.parameters } as Parameters, []) : [];
    if (wrong) refuse(`the order page of ${id} and the terms contradict each other: ${wrong.message}`);
  }
  return { brand, terms, catalogue };
}

/** The JSON Schemas of the files, by the name of the schema's file. */
export function brandSchemas(): Record<string, object> {
  return {
    'brand.schema.json': schemaOf(brandFile, 'brand.yaml: who the brand is'),
    'terms.schema.json': orExtends(
      schemaOf(termsFile, 'terms.yaml: its agreement, and the figures to act by'),
    ),
    'catalogue.schema.json': orExtends(schemaOf(catalogueFile, 'catalogue.yaml: what it sells')),
  };
}

type JsonSchema = z.core.JSONSchema.BaseSchema;

function schemaOf(schema: z.ZodType, title: string): JsonSchema {
  return { ...z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }), title };
}

/** The whole file, or `extends` with only what differs. */
function orExtends({ $schema, title, ...whole }: JsonSchema): JsonSchema {
  const parts = Object.fromEntries(Object.keys(whole.properties ?? {}).map((name) => [name, {}]));
  const parent = {
    type: 'string',
    description: 'The brand whose file holds but for what stands here',
  } as const;
  return {
    ...($schema ? { $schema } : {}),
    ...(title ? { title } : {}),
    if: { type: 'object', required: ['extends'] },
    // biome-ignore lint/suspicious/noThenProperty: JSON Schema's own word
    then: { type: 'object', additionalProperties: false, properties: { extends: parent, ...parts } },
    else: whole,
  };
}

/** `node server/brand-files.ts --out DIR` writes the schemas. */
if (import.meta.main) {
  const { values } = parseArgs({ options: { out: { type: 'string', default: 'docs/schemas' } } });
  for (const [name, schema] of Object.entries(brandSchemas()))
    writeFileSync(join(values.out, name), `${JSON.stringify(schema, null, 2)}\n`);
}
