import type { House } from '#kernel/house.ts';
import type { App } from '#kernel/http.ts';
import { factorRoutes } from './routes-factors.ts';
import { proveRoutes } from './routes-prove.ts';

export function routes(app: App, house: House): void {
  proveRoutes(app, house);
  factorRoutes(app, house);
}
