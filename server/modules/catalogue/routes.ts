import type { House } from '#kernel/house.ts';
import type { App } from '#kernel/http.ts';
import { couponRoutes } from './routes-coupons.ts';

export function routes(app: App, house: House): void {
  couponRoutes(app, house);
}
