import { addMinutes } from '#kernel/time.ts';
import { ok } from '#server/client.ts';
import type { Player, Scene } from './scene.ts';
import { expect } from './telling.ts';

/** 发票 and a sealed contract of the customer's newest invoice (亚云 3.1.1). */
export async function asksForPapers(scene: Scene, customer: Player): Promise<void> {
  scene.chapter('A contract and a 发票');
  const { api } = customer;
  const { id: title_id } = await ok(
    api.POST('/api/v1/invoice-titles', { body: { kind: 'person', name: '张三', phone: '13800000000' } }),
  );
  const [invoice] = (await ok(api.GET('/api/v1/invoices'))).items;
  expect(invoice !== undefined, 'the order has an invoice');
  const body = { invoice_id: invoice.id, title_id };
  await ok(api.POST('/api/v1/contracts', { body }));
  await scene.world.drain();
  const [contract] = (await ok(api.GET('/api/v1/contracts'))).items;
  expect(contract?.state === 'sealed', `the contract is sealed (it is ${contract?.state})`);
  scene.act(
    `contract ${contract.number} of CNY ${contract.amount} is sealed, sha256 ${contract.sha256?.slice(0, 16)}…`,
  );
  const { id } = await ok(
    api.POST('/api/v1/tax-invoices', {
      body: { title_id, type: 'ordinary', choice: { invoices: [invoice.id] } },
    }),
  );
  await scene.world.drain();
  await scene.moveTo(addMinutes(scene.now(), 60));
  const issued = (await ok(api.GET('/api/v1/tax-invoices'))).items.find((one) => one.id === id);
  expect(issued?.state === 'issued', `the 发票 is issued (it is ${issued?.state})`);
  scene.act(`发票 ${issued.number} of CNY ${issued.amount} issued by a stand-in of the tax service`);
  await scene.acted(customer.id, ['contract.requested', '3.1.1'], ['contract.sealed', '3.1.1']);
}
