import { z } from 'zod';

/** Forms that figures of several kinds share. */

export const clauseId = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9.-]{0,39}$/)
  .describe('A clause of this agreement, such as 5.3');
export const from = { clause: clauseId };
export const days = z.number().int().min(1).max(3650);
export const graceDays = z.number().int().min(0).max(365);
export const channels = z.array(z.enum(['site', 'in-site', 'email', 'sms', 'phone', 'qq', 'wechat'])).min(1);
