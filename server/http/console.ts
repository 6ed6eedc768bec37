import { existsSync } from 'node:fs';
import { join } from 'node:path';
import statics from '@fastify/static';
import type { App } from '#kernel/http.ts';
import { problem } from '#kernel/problem.ts';

/** The built console: hashed assets for a year, everything else the one page that finds its way by its path. */
export async function serveConsole(app: App, dir: string | null): Promise<void> {
  const built = dir !== null && existsSync(join(dir, 'index.html'));
  if (built) {
    await app.register(statics, {
      root: dir,
      index: false,
      wildcard: false,
      preCompressed: true,
      setHeaders(response, path) {
        const hashed = path.includes('/assets/');
        void response.header('cache-control', hashed ? 'public, max-age=31536000, immutable' : 'no-cache');
      },
    });
  }
  app.setNotFoundHandler((request, reply) => {
    const page =
      request.method === 'GET' &&
      !request.url.startsWith('/api/') &&
      !/\.\w+$/.test(request.url.split('?')[0]!);
    if (!built || !page) throw problem['not-found']();
    return reply.header('cache-control', 'no-cache').sendFile('index.html', dir);
  });
}
