export { type Forecast, forecast } from './forecast.ts';
export type { Line, Money, Need } from './rules.ts';
