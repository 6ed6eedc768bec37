import type { House } from '#kernel/house.ts';
import type { App } from '#kernel/http.ts';
import { catalogueRoutes } from './routes-catalogue.ts';
import { orderRoutes } from './routes-order.ts';
import { staffRoutes } from './routes-staff.ts';

export function routes(app: App, house: House): void {
  catalogueRoutes(app, house);
  orderRoutes(app, house);
  staffRoutes(app, house);
}
