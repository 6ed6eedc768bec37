import type { House } from '#kernel/house.ts';
import type { App } from '#kernel/http.ts';
import { bindingRoutes } from './routes-bindings.ts';
import { phoneRoutes } from './routes-phone.ts';
import { phoneEnterRoutes } from './routes-phone-enter.ts';

export function routes(app: App, house: House): void {
  phoneRoutes(app, house);
  phoneEnterRoutes(app, house);
  bindingRoutes(app, house);
}
