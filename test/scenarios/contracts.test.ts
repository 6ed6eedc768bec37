import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { violated } from '#kernel/db.ts';
import type { StoryCustomer } from '#server/story/customer.ts';
import type { World } from '#server/world.ts';
import { BrandSite } from '../support/brand-site.ts';
import { fontsOf, readPdf } from '../support/pdf.ts';
import { ownerOf, PASSWORD_ACCESS, testWorld } from '../support/world.ts';

const run = promisify(execFile);
const BRAND = 'asiayun';
const BRANDS = join(import.meta.dirname, '../../brands');
let dir: string;
let world: World;
let site: BrandSite;
let customer: StoryCustomer;
let title: string;
let sealed: Shown;
let file: Buffer;

interface Shown {
  id: string;
  number: string;
  state: string;
  sha256: string;
  certificate: string;
  terms_version: string;
  reason: string | null;
}

before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'cloudpact-contracts-'));
  world = await testWorld({ seed: true });
  site = new BrandSite(world, BRAND);
  customer = await site.customer('200');
  await customer.order({ plan: 'ay-1', access: PASSWORD_ACCESS });
  const person = { kind: 'person', name: '欧阳娜娜', phone: '13800000000' };
  title = (await site.ask('POST', '/invoice-titles', cookie(), person)).json.id as string;
});
after(() => rm(dir, { recursive: true, force: true }));

const cookie = () => customer.api.cookie();
const invoices = async (from = site, by = cookie()) =>
  (await from.ask('GET', '/invoices', by)).json.items as { id: string; number: string }[];
const shown = async (id: string) =>
  (await site.ask('GET', `/contracts/${id}`, cookie())).json as unknown as Shown;
const verify = async (bytes: Buffer) =>
  (await site.ask('POST', '/contracts/verify', '', { file: bytes.toString('base64') })).json;

test('[asiayun 3.1.1] a contract of a paid order: written from what was accepted, sealed, handed out', async () => {
  const [invoice] = await invoices();
  const body = { invoice_id: invoice!.id, title_id: title };
  const { status, json } = await site.ask('POST', '/contracts', cookie(), body);
  assert.equal(status, 201, JSON.stringify(json));
  assert.equal((await site.ask('POST', '/contracts', cookie(), body)).json.code, 'contract-exists');
  await world.drain();
  sealed = await shown(json.id as string);
  assert.deepEqual([sealed.state, sealed.number], ['sealed', 'HT2026-00000001']);
  const reply = await site.ask('GET', `/contracts/${sealed.id}/pdf`, cookie());
  assert.equal(reply.headers['content-disposition'], 'attachment; filename="HT2026-00000001.pdf"');
  file = reply.bytes;
  assert.equal(createHash('sha256').update(file).digest('hex'), sealed.sha256);
  const { text, pages } = await readPdf(file);
  assert.ok(pages > 1, 'the terms in full are its annex');
  const flat = text.replaceAll('\n', '');
  for (const part of [
    '云服务合同',
    '欧阳娜娜',
    '¥18.00',
    '壹拾捌元整',
    '亚云用户服务协议',
    sealed.terms_version,
  ]) {
    assert.ok(flat.includes(part), part);
  }
  assert.deepEqual(
    fontsOf(file).filter(({ embedded }) => !embedded),
    [],
  );
  if (process.env.CLOUDPACT_PAPERS) await writeFile(join(process.env.CLOUDPACT_PAPERS, 'contract.pdf'), file);
  const audit = await world.server.house.db
    .selectFrom('audit_event')
    .select(['action', 'clause_id'])
    .where('subject_id', '=', sealed.id)
    .orderBy('id')
    .execute();
  assert.deepEqual(
    audit.map(({ action, clause_id }) => [action, clause_id]),
    [
      ['contract.requested', '3.1.1'],
      ['contract.sealed', '3.1.1'],
    ],
  );
});

test('its seal is verified, and any change to the file is found', async () => {
  const good = await verify(file);
  assert.deepEqual([good.genuine, good.why, good.number], [true, null, sealed.number]);
  assert.equal(good.certificate, sealed.certificate);
  for (const place of [20, Math.floor(file.length / 2), file.length - 20]) {
    const changed = Buffer.from(file);
    changed[place] = changed[place]! ^ 1;
    assert.equal((await verify(changed)).genuine, false, `byte ${place}`);
  }
  assert.equal((await verify(Buffer.concat([file, Buffer.from('\n%%EOF\n')]))).why, 'added-to');
  const plain = Buffer.from(file.toString('latin1').replace('/ByteRange', '/BiteRange'), 'latin1');
  assert.equal((await verify(plain)).why, 'unsigned');
  const other = await testWorld();
  const foreign = await new BrandSite(other, BRAND).ask('POST', '/contracts/verify', '', {
    file: file.toString('base64'),
  });
  assert.deepEqual([foreign.json.genuine, foreign.json.why], [false, 'foreign-certificate']);
});

test('openssl, which knows nothing of us, verifies the same signature', async (t) => {
  const there = await run('openssl', ['version']).catch(() => null);
  if (!there) return t.skip('openssl is not on this machine');
  const [, length, next] = /\/ByteRange \[0 (\d+) (\d+) \d+\]/.exec(file.toString('latin1'))!.map(Number);
  const [content, cms, pem] = ['content', 'signature.der', 'certificate.pem'].map((name) => join(dir, name));
  await writeFile(content!, Buffer.concat([file.subarray(0, length), file.subarray(next)]));
  const hex = file.subarray(length! + 1, next! - 1).toString('latin1');
  await writeFile(cms!, Buffer.from(hex, 'hex'));
  const own = join(world.server.house.config.dataDir, 'signer/certificate.pem');
  await writeFile(pem!, await readFile(own));
  const check = (input: string) =>
    run('openssl', [
      ...['cms', '-verify', '-inform', 'DER', '-in', cms!, '-content', input, '-binary'],
      ...['-CAfile', pem!, '-purpose', 'any', '-no_check_time', '-cades', '-out', join(dir, 'out')],
    ]);
  await check(content!);
  await writeFile(content!, 'something else');
  await assert.rejects(check(content!));
});

test('poppler’s pdfsig calls it valid and whole, and a changed one not', async (t) => {
  const path = join(dir, 'contract.pdf');
  await writeFile(path, file);
  const found = await run('pdfsig', ['-nocert', path]).catch((error: NodeJS.ErrnoException) => error);
  if (found instanceof Error && found.code === 'ENOENT')
    return t.skip('pdfsig (package poppler-utils) is not on this machine');
  const { stdout } = found as { stdout: string };
  assert.match(stdout, /Signature is Valid/);
  assert.match(stdout, /Total document signed/);
  assert.match(stdout, /ETSI\.CAdES\.detached/);
  const changed = Buffer.from(file);
  const at = changed.indexOf('startxref');
  changed[at - 40] = changed[at - 40]! ^ 1;
  await writeFile(path, changed);
  const bad = await run('pdfsig', ['-nocert', path]).catch((error: { stdout: string }) => error);
  assert.doesNotMatch(bad.stdout, /Signature is Valid/);
});

test('the command line verifies a file without the server', async () => {
  const path = join(dir, 'shown.pdf');
  await writeFile(path, file);
  const cli = join(import.meta.dirname, '../../server/cli/main.ts');
  const command = (...args: string[]) =>
    run(process.execPath, [
      cli,
      'contract',
      'verify',
      path,
      '--data',
      world.server.house.config.dataDir,
      ...args,
    ]).catch((error: { code: number; stdout: string; stderr: string }) => error);
  const good = await command();
  assert.match(good.stdout, /genuine/);
  assert.ok(good.stdout.includes(sealed.certificate));
  await writeFile(path, Buffer.concat([file, Buffer.from(' ')]));
  const bad = await command();
  assert.equal('code' in bad && bad.code, 1);
  assert.match(bad.stdout, /added/);
});

test('F48 nobody else sees it; a sealed contract is never edited', async () => {
  const stranger = (await site.customer(null)).api.cookie();
  for (const path of [`/contracts/${sealed.id}`, `/contracts/${sealed.id}/pdf`]) {
    assert.equal((await site.ask('GET', path, stranger)).status, 404, path);
  }
  const [invoice] = await invoices();
  const foreign = { invoice_id: invoice!.id, title_id: title };
  assert.equal((await site.ask('POST', '/contracts', stranger, foreign)).status, 404);
  const lantianStaff = await new BrandSite(world, 'lantian').staff();
  const path = `/staff/contracts/${sealed.id}/pdf`;
  assert.equal((await new BrandSite(world, 'lantian').ask('GET', path, lantianStaff)).status, 404);
  assert.ok((await site.ask('GET', path, await site.staff())).bytes.equals(file));
  const edit = world.server.house.db.updateTable('documents_contract').set({ sha256: 'x' }).execute();
  await assert.rejects(edit, (error) => violated(error) === 'documents_contract_stands');
  const files = ownerOf(world).deleteFrom('documents_file').execute();
  await assert.rejects(files, (error) => violated(error) === 'documents_file_append_only');
});

test('where the brand wants it, staff approve first; a refusal says why and leaves the order free', async () => {
  const brandsDir = join(dir, 'brands');
  await cp(BRANDS, brandsDir, { recursive: true });
  const path = join(brandsDir, BRAND, 'brand.yaml');
  await writeFile(path, `${await readFile(path, 'utf8')}\ncontracts: after-approval\n`);
  const careful = await testWorld({ seed: true, brandsDir });
  const there = new BrandSite(careful, BRAND);
  const buyer = await there.customer('100');
  const own = buyer.api.cookie();
  await buyer.order({ plan: 'ay-1', access: PASSWORD_ACCESS });
  const name = (await there.ask('POST', '/invoice-titles', own, { kind: 'person', name: '赵六' })).json.id;
  const [invoice] = await invoices(there, own);
  const ask = async () =>
    (await there.ask('POST', '/contracts', own, { invoice_id: invoice!.id, title_id: name })).json
      .id as string;
  const state = async (id: string) => (await there.ask('GET', `/contracts/${id}`, own)).json;
  const clerk = await there.staff();
  const first = await ask();
  await careful.drain();
  assert.equal((await state(first)).state, 'requested');
  const no = { reason: '请用公司抬头' };
  assert.equal((await there.ask('POST', `/staff/contracts/${first}/refuse`, clerk, no)).status, 204);
  assert.deepEqual([(await state(first)).state, (await state(first)).reason], ['refused', no.reason]);
  assert.equal((await there.ask('POST', `/staff/contracts/${first}/approve`, clerk)).status, 409);
  const second = await ask();
  assert.equal((await there.ask('POST', `/staff/contracts/${second}/approve`, clerk)).status, 204);
  await careful.drain();
  assert.deepEqual(
    [(await state(second)).state, (await state(second)).number],
    ['sealed', 'HT2026-00000002'],
  );
});
