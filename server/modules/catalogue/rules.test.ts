import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { readYaml } from '#kernel/brand-file.ts';
import { formatYuan, parseYuan } from '#kernel/money.ts';
import { Problem } from '#kernel/problem.ts';
import { type CatalogueDocument, catalogueFile, type Plan } from './document.ts';
import { price as priceAll } from './price.ts';
import { imageOf } from './rules.ts';

const path = join(import.meta.dirname, '../../../brands/lantian/catalogue.yaml');
const catalogue = readYaml(path, catalogueFile);
const price = (document: CatalogueDocument, selection: Parameters<typeof priceAll>[1][number]) =>
  priceAll(document, [selection]);
const raises = (code: string) => (error: unknown) => error instanceof Problem && error.code === code;

test('the lines of a quote sum to its total, for every plan, region and period that is sold', () => {
  let quotes = 0;
  for (const { plans } of catalogue.products) {
    for (const plan of plans) {
      for (const region of plan.regions) {
        for (const months of [1, 2, 12, 36]) {
          const quote = price(catalogue, { plan: plan.id, region, months });
          assert.equal(quote.total, parseYuan(plan.price) * BigInt(months));
          assert.equal(
            quote.lines.reduce((sum, { amount }) => sum + amount, 0n),
            quote.total,
          );
          const [piece] = quote.pieces;
          assert.deepEqual([piece!.plan.id, piece!.region.id], [plan.id, region]);
          quotes++;
        }
      }
    }
  }
  assert.ok(quotes > 20);
  assert.equal(formatYuan(price(catalogue, { plan: 'nat-s', region: 'hk', months: 1 }).total), '9.90');
});

test('what isn’t sold is refused by name', () => {
  const ask = (plan: string, region: string) => () => price(catalogue, { plan, region, months: 1 });
  assert.throws(ask('nat-s', 'hk-2'), raises('region-unknown'));
  assert.throws(ask('nat-xl', 'cn-east'), raises('region-unknown'));
  for (const plan of ['', 'NAT-S', 'nat-s ', '__proto__', 'toString'])
    assert.throws(ask(plan, 'hk'), raises('plan-unknown'));
  assert.throws(() => imageOf(catalogue, '../debian-12'), raises('image-unknown'));
  assert.equal(imageOf(catalogue, 'debian-12').id, 'debian-12');
});

test('a price past what a column holds is refused before it gets there (F29)', () => {
  const dear = structuredClone(catalogue);
  dear.products[0]!.plans[0]!.price = '9000000000000';
  const { id, regions } = dear.products[0]!.plans[0]!;
  assert.throws(() => price(dear, { plan: id, region: regions[0]!, months: 36 }), /out of range/);
});

test('a catalogue that contradicts itself is refused', () => {
  const { plans } = catalogue.products[0]!;
  const plan = plans[0]!;
  const http = { for: 'lxd' as const, server: 'http://images.example', alias: 'x' };
  const wrong: [what: RegExp, file: CatalogueDocument][] = [
    [/stands twice/, withPlans([...plans, plan])],
    [/there is no region mars/, withPlans([{ ...plan, regions: ['mars'] }])],
    [/there is no region mars/, withPlans([{ ...plan, stock: { mars: 1 } }])],
    [/not an amount/, withPlans([{ ...plan, price: '9,90' }])],
    [/not an amount/, withPlans([{ ...plan, price: '-1' }])],
    [/ports/, withPlans([{ ...plan, ports: 21 }])],
    [/server/, { ...catalogue, images: [{ ...catalogue.images[0]!, remotes: [http] }] }],
  ];
  for (const [what, file] of wrong) {
    const { error } = catalogueFile.safeParse(file);
    assert.match(JSON.stringify(error?.issues ?? []), what);
  }
});

function withPlans(plans: Plan[]): CatalogueDocument {
  return { ...catalogue, products: [{ ...catalogue.products[0]!, plans }] };
}
