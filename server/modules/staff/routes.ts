import type { House } from '#kernel/house.ts';
import type { App } from '#kernel/http.ts';
import { authRoutes } from './routes-auth.ts';
import { memberRoutes } from './routes-members.ts';
import { ownRoutes } from './routes-own.ts';
import { visitRoutes } from './routes-visits.ts';

export function routes(app: App, house: House): void {
  authRoutes(app, house);
  ownRoutes(app, house);
  memberRoutes(app, house);
  visitRoutes(app, house);
}
