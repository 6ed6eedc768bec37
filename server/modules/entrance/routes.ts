import type { House } from '#kernel/house.ts';
import type { App } from '#kernel/http.ts';
import { accountRoutes } from './routes-account.ts';
import { recoveryRoutes } from './routes-recovery.ts';
import { secondFactorRoutes } from './routes-second-factor.ts';
import { signInRoutes } from './routes-sign-in.ts';

export function routes(app: App, house: House): void {
  signInRoutes(app, house);
  secondFactorRoutes(app, house);
  recoveryRoutes(app, house);
  accountRoutes(app, house);
}
