import type { House } from '#kernel/house.ts';
import type { App } from '#kernel/http.ts';
import { problems } from '#kernel/problem.ts';
import '#kernel/file-scanner.ts';

/**
 * Files that are sent are scanned before anything else sees them, where the operator has a scanner (ASVS 5.0 5.4.3). Without
 * its word nothing is taken.
 */

interface TakesFiles {
  /**
   * Where files stand in the body, member by member, through lists. Null: what is large here is no file. Each route that
   * takes more than others says it, or the app doesn't start.
   */
  files?: string | null;
}

declare module 'fastify' {
  interface FastifyContextConfig extends TakesFiles {}
}

declare module '#kernel/http.ts' {
  interface Rights extends TakesFiles {}
}

const problem = problems({
  'file-malicious': {
    status: 422,
    title: { zh: '文件里有已知的恶意内容', en: 'The file contains something known to be malicious' },
    remedy: {
      zh: '请用杀毒软件检查您的设备，再重新扫描或导出这份文件。',
      en: 'Check your device with an antivirus, then scan or export the paper anew.',
    },
  },
  'file-unscanned': {
    status: 503,
    title: { zh: '暂时无法检查文件', en: 'Files can’t be checked at the moment' },
    remedy: {
      zh: '收到的文件都要先查毒，而查毒服务没有应答。请稍后再试。',
      en: 'Every file is scanned first, and the scanner doesn’t answer. Try again later.',
    },
  },
});

export function uploads(app: App, house: House): void {
  app.addHook('onRoute', ({ method, url, bodyLimit, config }) => {
    const open = config?.access !== undefined && config.access !== 'callback';
    if (open && bodyLimit !== undefined && config.files === undefined)
      throw new Error(
        `${String(method)} ${url} takes large bodies and doesn't say where files stand in them`,
      );
  });
  app.addHook('preHandler', async (request) => {
    const { files } = request.routeOptions.config;
    const { fileScanner } = house.ports;
    if (!files || !fileScanner) return;
    for (const file of filesAt(request.body, files.split('.'))) {
      let found: string | null;
      try {
        found = await fileScanner.scan(file);
      } catch (error) {
        house.log.error({ error, requestId: request.id }, 'a file could not be scanned, and was refused');
        throw problem['file-unscanned']();
      }
      if (found === null) continue;
      house.log.warn({ found, requestId: request.id }, 'a file was refused as malicious');
      throw problem['file-malicious']();
    }
  });
}

/** What a schema made of a file, or its base64. */
function filesAt(body: unknown, path: string[]): Buffer[] {
  if (body === undefined || body === null) return [];
  if (Array.isArray(body)) return body.flatMap((item: unknown) => filesAt(item, path));
  const [name, ...rest] = path;
  if (name !== undefined) return filesAt((body as Record<string, unknown>)[name], rest);
  return [Buffer.isBuffer(body) ? body : Buffer.from(String(body), 'base64')];
}
