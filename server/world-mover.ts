import type { WorldClock } from '#kernel/clock.ts';
import { type Config, ConfigError } from '#kernel/config.ts';
import type { House, Mover, MoverState } from '#kernel/house.ts';
import type { NodeConfig } from '#modules/compute/index.ts';
import { sessionsCarry } from '#modules/identity/index.ts';
import { stepTo } from './step.ts';

/** What makes a deployment a real one, in which time is nobody's to move; empty when people only try things out. */
export function realParts(config: Config, nodes: readonly NodeConfig[]): string[] {
  return [
    config.production ? 'CLOUDPACT_ENV=production' : null,
    config.alipay ? 'ALIPAY_APP_ID: real money comes in' : null,
    config.wechatPay ? 'WECHATPAY_MCH_ID: real money comes in' : null,
    config.smtpUrl ? 'SMTP_URL: real mail goes out' : null,
    config.aliyun ? 'ALIYUN_ACCESS_KEY_ID: real people are asked after' : null,
    ...nodes
      .filter(({ driver }) => driver !== 'simulated')
      .map(({ name }) => `node ${name}: real machines run on it`),
  ].filter((part) => part !== null);
}

/** @throws ConfigError when anything here is real. */
export function refuseReal(config: Config, nodes: readonly NodeConfig[]): void {
  const real = realParts(config, nodes);
  if (real.length > 0)
    throw new ConfigError(`a clock is moved only where nothing is real; here: ${real.join('; ')}`);
}

/** Steps in the background, one way at a time: a year can take longer than a request may. */
export function moverOf(house: House, clock: WorldClock): Mover {
  let way: Omit<MoverState, 'now'> = { target: null, stops: 0, failed: null };
  let going: Promise<void> = Promise.resolve();
  const go = async (target: Date) => {
    let failed: string | null = null;
    try {
      // Nobody was away meanwhile: who is signed in stays so.
      await sessionsCarry(house.db, clock.now(), target);
      await stepTo(house, clock, target, () => {
        way = { ...way, stops: way.stops + 1 };
      });
    } catch (error) {
      house.log.error({ err: error }, 'the clock stopped on its way');
      failed = (error as Error).message;
    }
    way = { ...way, target: null, failed };
  };
  return {
    state: () => ({ now: clock.now(), ...way }),
    begin(target) {
      if (way.target) return false;
      way = { target, stops: 0, failed: null };
      going = go(target);
      return true;
    },
    settled: () => going,
  };
}
