import type { House } from '#kernel/house.ts';
import type { App } from '#kernel/http.ts';
import { accountRoutes } from './routes-account.ts';
import { authRoutes } from './routes-auth.ts';

export function routes(app: App, house: House): void {
  authRoutes(app, house);
  accountRoutes(app, house);
}
