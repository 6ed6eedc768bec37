import type { House } from '#kernel/house.ts';
import type { App } from '#kernel/http.ts';
import { accountRoutes } from './routes-account.ts';

export function routes(app: App, house: House): void {
  accountRoutes(app, house);
}
