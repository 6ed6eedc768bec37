import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import statics from '@fastify/static';
import type { House } from '#kernel/house.ts';
import type { App } from '#kernel/http.ts';
import { problem } from '#kernel/problem.ts';
import { pagePolicy } from './policy.ts';

/** Stands in the built page where each answer puts its own nonce (console/vite.config.ts). */
const NONCE = /__CSP_NONCE__/g;

/** The built console: hashed assets for a year, everything else the one page that finds its way by its path. */
export async function serveConsole(app: App, house: House, dir: string | null): Promise<void> {
  const page = dir !== null && existsSync(join(dir, 'index.html')) ? join(dir, 'index.html') : null;
  if (dir && page) {
    await app.register(statics, {
      root: dir,
      index: false,
      wildcard: false,
      preCompressed: true,
      dotfiles: 'deny',
      globIgnore: ['index.html*'],
      setHeaders(response, path) {
        const hashed = path.includes('/assets/');
        void response.header('cache-control', hashed ? 'public, max-age=31536000, immutable' : 'no-cache');
      },
    });
  }
  app.setNotFoundHandler(async (request, reply) => {
    const wanted =
      request.method === 'GET' &&
      !request.url.startsWith('/api/') &&
      !/\/\.|\.\w+$/.test(request.url.split('?')[0]!);
    if (!page || !wanted) throw problem['not-found']();
    const nonce = pagePolicy(house, request, reply);
    const html = (await readFile(page, 'utf8')).replace(NONCE, nonce);
    // Kept nowhere: a nonce that is used twice is none.
    return reply.header('cache-control', 'no-store').type('text/html; charset=utf-8').send(html);
  });
}
