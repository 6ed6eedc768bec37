import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { parameters } from '#modules/figures/parameters.ts';
import { figures as en } from '../../console/src/i18n/en/figures.ts';
import { figures as zh } from '../../console/src/i18n/zh/figures.ts';

/** What a service's page shows of the terms that hold for it is in words: none of it is a code of the file. */

interface Schema {
  properties?: Record<string, Schema>;
  items?: Schema;
  anyOf?: Schema[];
  oneOf?: Schema[];
  enum?: unknown[];
  const?: unknown;
}

/** Every key and every word that a file may say. */
function said(schema: Schema, names: Set<string>, values: Set<string>): void {
  for (const [name, of] of Object.entries(schema.properties ?? {})) {
    names.add(name);
    said(of, names, values);
  }
  for (const word of [...(schema.enum ?? []), schema.const]) if (typeof word === 'string') values.add(word);
  for (const of of [schema.items, ...(schema.anyOf ?? []), ...(schema.oneOf ?? [])])
    if (of) said(of, names, values);
}

test('each figure and each rule that a terms file may hold has words in both languages', () => {
  const names = new Set<string>();
  const values = new Set<string>();
  const schema = z.toJSONSchema(parameters) as Schema;
  for (const of of Object.values(schema.properties!)) said(of, names, values);
  // The clause stands in a column of its own; of a text in both languages the reader's is shown.
  for (const shown of ['clause', 'zh', 'en']) names.delete(shown);
  assert.ok(names.size > 60 && values.size > 100, 'the schema was read');
  for (const { figureNames, figureValues } of [zh, en]) {
    assert.deepEqual(Object.keys(figureNames).toSorted(), [...names].toSorted());
    assert.deepEqual(Object.keys(figureValues).toSorted(), [...values].toSorted());
  }
});
