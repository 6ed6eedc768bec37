import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { pino } from 'pino';
import type { House } from '#kernel/house.ts';
import { buildApp } from './app.ts';

/**
 * The OpenAPI 3.1 document of the API. Routes are declared, none is run, so no database is needed:
 * `node server/openapi.ts --out FILE`; the console's client is generated from it.
 */
export async function openapiDocument(): Promise<object> {
  const config = { publicUrl: 'http://localhost', production: false, trustProxy: false };
  const inert = { config, log: pino({ level: 'silent' }), ports: { throttles: {} } } as unknown as House;
  const app = await buildApp(inert, { consoleDir: null, standIns: [] });
  await app.ready();
  const document = app.swagger();
  await app.close();
  return document;
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { out: { type: 'string' } } });
  const text = `${JSON.stringify(await openapiDocument(), null, 2)}\n`;
  if (values.out) writeFileSync(values.out, text);
  else process.stdout.write(text);
}
