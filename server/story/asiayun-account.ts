import { addMinutes } from '#kernel/time.ts';
import { ok } from '#server/client.ts';
import { PASSWORD_ACCESS, type Player, type Scene } from './scene.ts';
import { expect } from './telling.ts';

/** What 亚云's agreement lets be kept from a customer, and how each of it is opened again. */

export async function putsUpWebsite(scene: Scene, player: Player): Promise<void> {
  const { api, id: customerId } = player;
  scene.chapter('A website, which needs its filing');
  const domain = 'example.com';
  const gate = (of: string) =>
    ok(api.GET('/api/v1/gates/{act}', { params: { path: { act: 'website' }, query: { domain: of } } }));
  const before = await gate(domain);
  expect(before.shut?.code === 'filing-needed', 'the gate is shut');
  scene.act(`may ${domain} go up? No: ${before.shut.title} ${before.shut.opens}`, before.shut.clause);
  await player.ownDomain(scene.world.names, domain);
  scene.act(`${domain} is shown to be the customer's own, by a record in the DNS`);
  const body = { kind: 'icp-filing' as const, number: '沪ICP备2026000001号', domain, subject: '张三' };
  const { id } = await ok(api.POST('/api/v1/filings', { body }));
  const staff = await scene.staff.one();
  const decision = { approve: true, reason: '已在工信部网站核对' };
  await ok(staff.POST('/api/v1/staff/filings/{id}/decision', { params: { path: { id } }, body: decision }));
  expect((await gate(`www.${domain}`)).open, 'the filed domain may go up');
  expect(!(await gate('example.org')).open, 'no other may');
  scene.act(`filing ${body.number} approved: www.${domain} may go up, example.org may not`, '4.5.1-icp');
  await scene.tellLog(customerId);
}

export async function isRestricted(scene: Scene, customer: Player, service: string): Promise<void> {
  scene.chapter('One function is restricted');
  const staff = await scene.staff.one();
  const params = { path: { id: customer.id } };
  const { id } = await ok(
    staff.POST('/api/v1/staff/customers/{id}/restrictions', {
      params,
      body: { acts: ['renew'], reason: '扫描他人网络' },
    }),
  );
  await scene.refused('a renewal', customer.renew(service), 'act-restricted');
  const gate = async (act: 'buy' | 'renew') =>
    (await ok(customer.api.GET('/api/v1/gates/{act}', { params: { path: { act } } }))).open;
  expect(await gate('buy'), 'nothing else is restricted');
  scene.act('may it buy a second server? Yes', '4.5.2.2');
  await ok(
    staff.POST('/api/v1/staff/restrictions/{id}/lift', {
      params: { path: { id } },
      body: { reason: '已整改' },
    }),
  );
  expect(await gate('renew'), 'it may renew again');
  await scene.acted(customer.id, ['restriction.placed', '4.5.2.2'], ['restriction.lifted', '4.5.2.2']);
}

export async function isFrozen(scene: Scene, customer: Player): Promise<void> {
  scene.chapter('Money is frozen, and an appeal lifts it');
  const staff = await scene.staff.one();
  const before = await customer.balance();
  const { id } = await ok(
    staff.POST('/api/v1/staff/customers/{id}/freezes', {
      params: { path: { id: customer.id } },
      body: { amount: '40', reason: '5.4.3', explanation: '短时间内多次异常充值' },
    }),
  );
  scene.act(`40.00 frozen: ${before} → ${await customer.balance()} can be used`, '5.4.3');
  const outcome = (what: 'lift' | 'hold') =>
    ok(
      staff.POST('/api/v1/staff/freezes/{id}/outcome', {
        params: { path: { id } },
        body: { outcome: what, reason: '已核实' },
      }),
    );
  await scene.refused(
    'holding it on before the customer is heard',
    outcome('hold'),
    'freeze-outcome-impossible',
  );
  const appeal = { params: { path: { id } }, body: { text: '是公司统一充值' } };
  await ok(customer.api.POST('/api/v1/funds/freezes/{id}/appeal', appeal));
  await outcome('lift');
  const [freeze] = (await ok(customer.api.GET('/api/v1/funds/freezes'))).items;
  expect(freeze?.state === 'lifted' && (await customer.balance()) === before, 'all of it is back');
  scene.act(`the appeal is granted: ${freeze.state}, the balance is ${before} again`, '5.4-appeal');
  await scene.acted(customer.id, ['funds.frozen', '5.4']);
}

export async function withdraws(scene: Scene, customer: Player): Promise<void> {
  scene.chapter('Money goes back the way it came');
  const before = await customer.balance();
  const { id } = await ok(customer.api.POST('/api/v1/funds/withdrawals', { body: { amount: '30' } }));
  const staff = await scene.staff.one();
  const decision = { approve: true, reason: 'as asked for' };
  await ok(
    staff.POST('/api/v1/staff/withdrawals/{id}/decision', { params: { path: { id } }, body: decision }),
  );
  await scene.world.drain();
  const { items } = await ok(customer.api.GET('/api/v1/funds/withdrawals'));
  const settled = items.find((one) => one.id === id);
  expect(settled?.state === 'settled', `it is settled (it is ${settled?.state})`);
  const after = await customer.balance();
  scene.act(`CNY ${settled.amount} withdrawn to its payment: ${before} → ${after}`, '3.1.1');
  await scene.tellLog(customer.id);
}

export async function losesContact(scene: Scene, customer: Player): Promise<void> {
  scene.chapter('A contact that reaches nobody');
  const setQq = (value: string) =>
    ok(customer.api.PUT('/api/v1/account/contacts', { body: { kind: 'qq', value } }));
  const faults = async () => (await ok(customer.api.GET('/api/v1/account/contact-faults'))).items;
  await setQq('10001000');
  const staff = await scene.staff.one();
  await ok(
    staff.POST('/api/v1/staff/customers/{id}/contact-faults', {
      params: { path: { id: customer.id } },
      body: { kind: 'qq', detail: '好友已不存在' },
    }),
  );
  const [fault] = await faults();
  expect(fault?.state === 'open' && fault.correct_by !== null, 'it has a time for its correction');
  scene.act(`QQ ${fault.shown} reaches nobody; to be corrected by ${fault.correct_by}`, '4.5.1-contact');
  const due = new Date(fault.correct_by);
  await scene.moveTo(addMinutes(due, -10));
  expect((await faults())[0]?.state === 'open', 'open until its last minutes');
  await scene.moveTo(addMinutes(due, 1));
  expect((await faults())[0]?.state === 'overdue', 'overdue after them');
  await scene.acted(customer.id, ['contact.overdue', '4.5.1-contact'], ['measure.ban', '4.5.1-contact']);
  const order = () =>
    customer.order({ plan: 'ay-1', region: 'hk', hostname: 'more', access: PASSWORD_ACCESS });
  await scene.refused('a server for who is banned', order(), 'account-banned');
  await setQq('20002000');
  expect((await faults())[0]?.state === 'corrected', 'the contact is corrected');
  const { open } = await ok(customer.api.GET('/api/v1/gates/{act}', { params: { path: { act: 'buy' } } }));
  expect(open, 'the ban fell with the correction');
  scene.act('corrected: the ban is lifted by itself', '4.5.1-contact');
  await scene.tellLog(customer.id);
}
