import type { House } from '#kernel/house.ts';
import type { App } from '#kernel/http.ts';
import { couponRoutes } from './routes-coupons.ts';
import { priceRoutes } from './routes-prices.ts';

export function routes(app: App, house: House): void {
  priceRoutes(app, house);
  couponRoutes(app, house);
}
