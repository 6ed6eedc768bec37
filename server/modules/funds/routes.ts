import type { House } from '#kernel/house.ts';
import type { App } from '#kernel/http.ts';
import { bankRoutes } from './routes-bank.ts';
import { freezeRoutes } from './routes-freeze.ts';
import { withdrawalRoutes } from './routes-withdrawal.ts';

export function routes(app: App, house: House): void {
  withdrawalRoutes(app, house);
  bankRoutes(app, house);
  freezeRoutes(app, house);
}
