import type { House } from '#kernel/house.ts';
import type { App } from '#kernel/http.ts';
import { catalogueRoutes } from './routes-catalogue.ts';
import { liveRoutes } from './routes-live.ts';
import { machineRoutes } from './routes-machine.ts';
import { orderRoutes } from './routes-order.ts';
import { serviceRoutes } from './routes-services.ts';
import { staffRoutes } from './routes-staff.ts';

export function routes(app: App, house: House): void {
  catalogueRoutes(app, house);
  orderRoutes(app, house);
  serviceRoutes(app, house);
  machineRoutes(app, house);
  liveRoutes(app, house);
  staffRoutes(app, house);
}
