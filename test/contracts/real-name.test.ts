import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import { createServer, request as httpRequest, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { type AliyunRealNameConfig, aliyunRealName } from '#drivers/aliyun/real-name.ts';
import { startAliyunSandbox } from '#drivers/aliyun/sandbox.ts';

/** RealNameCheck over the wire: the official SDK, and a server that verifies its signatures. */

const KEY = { accessKeyId: 'LTAI-sandbox', accessKeySecret: 'a-secret-of-the-sandbox' };
/** Nobody's: the example of GB 11643-1999, and one made up with a true check digit. */
const ID = '11010519491231002X';
const OTHER_ID = '440308199901010012';
const COMPANY = { name: '测试科技有限公司', creditCode: '91330100799655058B', legalPerson: '张三' };

interface Recorded {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: string;
}

/** The driver, the stand-in, and between them a recorder of what goes over the wire. */
async function world(t: TestContext, changes: Partial<AliyunRealNameConfig> = {}) {
  const sandbox = await startAliyunSandbox(KEY);
  t.after(() => sandbox.close());
  const warnings: unknown[] = [];
  const config: AliyunRealNameConfig = {
    ...KEY,
    endpoint: sandbox.endpoint,
    protocol: 'http',
    sandbox: true,
    ...changes,
  };
  const driver = aliyunRealName(config, { warn: (fields, message) => warnings.push({ ...fields, message }) });
  return { sandbox, driver, config, warnings };
}

async function listen(t: TestContext, handle: RequestListener): Promise<string> {
  const server = createServer(handle);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function recordOne(t: TestContext): Promise<Recorded> {
  let resolve: (recorded: Recorded) => void = () => undefined;
  const recorded = new Promise<Recorded>((done) => {
    resolve = done;
  });
  const endpoint = await listen(t, (request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      const headers = request.headers as Record<string, string>;
      resolve({ method: request.method ?? '', path: request.url ?? '', headers, body });
      response.writeHead(503).end('{}');
    });
  });
  const driver = aliyunRealName({ ...KEY, endpoint, protocol: 'http', sandbox: true });
  assert.equal(await driver.check({ name: '张三', idNumber: ID }), 'unavailable');
  return recorded;
}

/** Sends a recorded request to another place, changed; the Host header stays as it was signed. */
function replay(endpoint: string, recorded: Recorded, changes: Partial<Recorded> = {}) {
  const { method, path, headers, body } = { ...recorded, ...changes };
  const [host, port] = endpoint.split(':');
  return new Promise<{ status: number; body: Record<string, unknown> }>((resolve, reject) => {
    const outgoing = httpRequest({ host, port, method, path, headers }, (response) => {
      let text = '';
      response.on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) }));
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

test('who matches passes; inconsistent, unknown and malformed fail', async (t) => {
  const { driver, warnings } = await world(t);
  assert.equal(driver.method, 'aliyun-id2meta');
  assert.equal(driver.sandbox, true);
  assert.equal(await driver.check({ name: '张三', idNumber: ID }), 'pass');
  assert.equal(await driver.check({ name: '买买提·吐尔逊', idNumber: OTHER_ID }), 'pass');
  assert.equal(await driver.check({ name: '不一致', idNumber: ID }), 'fail');
  assert.equal(await driver.check({ name: '查无', idNumber: ID }), 'fail');
  for (const idNumber of [
    '110105194912310021',
    '11010519491331002X',
    '440308199902290010',
    '123',
    `${ID}0`,
  ]) {
    assert.equal(await driver.check({ name: '张三', idNumber }), 'fail', idNumber);
  }
  assert.equal(await driver.check({ name: 'x&UserName=张三', idNumber: ID }), 'fail');
  assert.deepEqual(warnings, []);
});

test('a company passes by name, code and legal person; inconsistent, unknown and malformed fail', async (t) => {
  const { driver, warnings } = await world(t);
  assert.equal(driver.companyMethod, 'aliyun-ent3meta');
  assert.equal(await driver.checkCompany(COMPANY), 'pass');
  assert.equal(await driver.checkCompany({ ...COMPANY, legalPerson: '不一致' }), 'fail');
  assert.equal(await driver.checkCompany({ ...COMPANY, name: '查无' }), 'fail');
  assert.equal(await driver.checkCompany({ ...COMPANY, creditCode: '91330100799655058C' }), 'fail');
  assert.equal(
    await driver.checkCompany({ ...COMPANY, name: 'x&LegalPersonName=不一致', legalPerson: '张三' }),
    'pass',
  );
  assert.deepEqual(warnings, []);
});

test('what is asked of a company goes in the body, signed with it, and never in the address', async (t) => {
  const seen: Recorded[] = [];
  const endpoint = await listen(t, (request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      const headers = request.headers as Record<string, string>;
      seen.push({ method: request.method ?? '', path: request.url ?? '', headers, body });
      response.writeHead(503).end('{}');
    });
  });
  const { sandbox } = await world(t);
  const asking = aliyunRealName({ ...KEY, endpoint, protocol: 'http', sandbox: true });
  assert.equal(await asking.checkCompany(COMPANY), 'unavailable');
  const [recorded] = seen;
  assert.equal(decodeURIComponent(recorded!.path), '/?');
  assert.match(recorded!.body, /LicenseNo=91330100799655058B/);
  const changed = { body: recorded!.body.replace('ENT_3META', 'ENT_2META') };
  assert.equal((await replay(sandbox.endpoint, recorded!, changed)).body.Code, 'SignatureDoesNotMatch');
  assert.equal((await replay(sandbox.endpoint, recorded!)).body.Code, 'Success');
  assert.equal((await replay(sandbox.endpoint, recorded!)).body.Code, 'SignatureNonceUsed');
});

test('a wrong key or secret is unavailable, and the log says which', async (t) => {
  const wrongSecret = await world(t, { accessKeySecret: 'another' });
  assert.equal(await wrongSecret.driver.check({ name: '张三', idNumber: ID }), 'unavailable');
  assert.equal(await wrongSecret.driver.checkCompany(COMPANY), 'unavailable');
  assert.match(JSON.stringify(wrongSecret.warnings), /SignatureDoesNotMatch/);
  const wrongId = await world(t, { accessKeyId: 'LTAI-unknown' });
  assert.equal(await wrongId.driver.check({ name: '张三', idNumber: ID }), 'unavailable');
  assert.match(JSON.stringify(wrongId.warnings), /InvalidAccessKeyId\.NotFound/);
});

test('F43 groundwork: errors, nonsense, silence and nobody are unavailable, asked once each', async (t) => {
  const answers: Record<string, [number, string]> = {
    'HTTP 500': [500, '{"Code":"500","Message":"系统错误"}'],
    'HTTP 503 without JSON': [503, '<html>'],
    throttled: [400, '{"Code":"Throttling.User","Message":"Request was denied due to user flow control."}'],
    'authority down': [200, '{"Code":"402","Message":"权威源服务异常"}'],
    'no balance': [200, '{"Code":"412","Message":"欠费中"}'],
    'parameter of ours': [400, '{"Code":"401","Message":"参数非法(paramType)"}'],
    'no result': [200, '{"Code":"200","Message":"success"}'],
    'unknown result': [200, '{"Code":"200","ResultObject":{"BizCode":"9"}}'],
    'result without success': [200, '{"Code":"500","ResultObject":{"BizCode":"1"}}'],
    empty: [200, ''],
    'not an object': [200, '7'],
    null: [200, 'null'],
  };
  for (const [name, [status, body]] of Object.entries(answers)) {
    let asked = 0;
    const endpoint = await listen(t, (request, response) => {
      asked += 1;
      request
        .resume()
        .on('end', () => response.writeHead(status, { 'content-type': 'application/json' }).end(body));
    });
    const { driver, warnings } = await world(t, { endpoint });
    assert.equal(await driver.check({ name: '张三', idNumber: ID }), 'unavailable', name);
    assert.equal(asked, 1, name);
    assert.equal(warnings.length, 1, name);
    assert.equal(await driver.checkCompany(COMPANY), 'unavailable', `${name}, of a company`);
    assert.equal(asked, 2, name);
    assert.doesNotMatch(JSON.stringify(warnings), /张三|11010519/);
  }
  const silent = await listen(t, () => undefined);
  const trickling = await listen(t, (_request, response) => {
    response.writeHead(200);
    const drip = setInterval(() => response.write(' '), 10);
    response.on('close', () => clearInterval(drip));
  });
  for (const endpoint of [silent, trickling, '127.0.0.1:1']) {
    const { driver } = await world(t, { endpoint, timeoutMs: 200 });
    assert.equal(await driver.check({ name: '张三', idNumber: ID }), 'unavailable', endpoint);
    assert.equal(await driver.checkCompany(COMPANY), 'unavailable', endpoint);
  }
});

test('F40: a request changed, replayed, late or early has no effect', async (t) => {
  const { sandbox } = await world(t);
  const recorded = await recordOne(t);
  assert.match(recorded.headers.authorization ?? '', /^ACS3-HMAC-SHA256 /);
  const code = async (changes: Partial<Recorded>) =>
    (await replay(sandbox.endpoint, recorded, changes)).body.Code;
  const without = (name: string) =>
    Object.fromEntries(Object.entries(recorded.headers).filter(([header]) => header !== name));

  assert.equal(await code({ body: `${recorded.body}&X=1` }), 'SignatureDoesNotMatch');
  assert.equal(await code({ path: '/?Action=Other' }), 'SignatureDoesNotMatch');
  assert.equal(await code({ method: 'PUT' }), 'SignatureDoesNotMatch');
  const later = new Date(Date.parse(recorded.headers['x-acs-date'] ?? '') + 1000).toISOString();
  const redated = { ...recorded.headers, 'x-acs-date': `${later.slice(0, 19)}Z` };
  assert.equal(await code({ headers: redated }), 'SignatureDoesNotMatch');
  assert.equal(await code({ headers: { ...recorded.headers, 'x-acs-extra': '1' } }), 'SignatureDoesNotMatch');
  assert.equal(await code({ headers: without('authorization') }), 'MissingAuthorization');

  assert.equal(await code({}), '200');
  assert.equal(await code({}), 'SignatureNonceUsed');

  for (const minutes of [-16, 16]) {
    const date = new Date(Date.parse(recorded.headers['x-acs-date'] ?? '') + minutes * 60_000);
    const headers = { ...recorded.headers, 'x-acs-date': `${date.toISOString().slice(0, 19)}Z` };
    const names = /SignedHeaders=([^,]+)/.exec(recorded.headers.authorization ?? '')?.[1] ?? '';
    const lines = names.split(';').map((name) => `${name}:${headers[name as keyof typeof headers]}\n`);
    const canonical = ['POST', '/', '', lines.join(''), names, headers['x-acs-content-sha256' as never]].join(
      '\n',
    );
    const text = `ACS3-HMAC-SHA256\n${createHash('sha256').update(canonical).digest('hex')}`;
    const signature = createHmac('sha256', KEY.accessKeySecret).update(text).digest('hex');
    const authorization = `ACS3-HMAC-SHA256 Credential=${KEY.accessKeyId},SignedHeaders=${names},Signature=${signature}`;
    assert.equal(await code({ headers: { ...headers, authorization } }), 'InvalidTimeStamp.Expired');
  }
});

test('other actions are not found; the stand-in closes at once, kept connections and all', async (t) => {
  const { sandbox, driver } = await world(t);
  assert.equal(await driver.check({ name: '张三', idNumber: ID }), 'pass');
  const bare = await fetch(`http://${sandbox.endpoint}/`, { method: 'POST', body: 'UserName=x' });
  assert.equal(bare.status, 400);
  await sandbox.close();
  assert.equal(await driver.check({ name: '张三', idNumber: ID }), 'unavailable');
});

test('identities leave in the clear only for the stand-in', () => {
  const config = { ...KEY, endpoint: 'cloudauth.aliyuncs.com', sandbox: false } as const;
  assert.throws(() => aliyunRealName({ ...config, protocol: 'http' }), /https/);
  assert.equal(aliyunRealName({ ...config, protocol: 'https' }).sandbox, false);
});
