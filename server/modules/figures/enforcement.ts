import { z } from 'zod';
import { localizedText } from '#kernel/brands.ts';
import { days, from } from './forms.ts';

/** What may be done about a breach. `end`, `wipe` and `ban` can't be taken back by a switch. */
export const MEASURES = [
  'throttle',
  'suspend',
  'unbind-address',
  'restrict',
  'freeze-money',
  'end',
  'wipe',
  'ban',
] as const;

/** What finds a breach by itself. */
export const TRACES = ['cpu', 'upload'] as const;

const percent = z.number().int().min(1).max(100);
const categoryId = z.string().regex(/^[a-z0-9-]{1,20}$/);
const minutes = z.number().int().min(1).max(10_080);

/**
 * Breaches and what follows them; every category and every measure names its own clause. A measure that other clauses
 * allow for certain categories stands once more, with these: it rests on that clause there.
 */
export const enforcement = {
  enforcement: z
    .strictObject({
      ...from,
      categories: z
        .array(
          z.strictObject({
            id: categoryId,
            ...from,
            name: localizedText,
            /** Traces on the machine by which a case is opened without anybody's report. */
            traces: z.array(z.enum(TRACES)).min(1).optional(),
          }),
        )
        .min(1),
      measures: z
        .array(
          z.strictObject({
            ...from,
            measure: z.enum(MEASURES),
            categories: z.array(categoryId).min(1).optional(),
            /** What becomes of a banned customer's cash: kept from it, or still its own. */
            balance: z.enum(['not-paid-back', 'own']).optional(),
          }),
        )
        .min(1),
      /** Whether the customer hears of a measure before it or with it. */
      told: z.enum(['before', 'with']),
      /** A report to the authorities goes with an end for a breach. */
      report: z.literal('authorities').optional(),
      appeal: z.strictObject({ ...from, days }).optional(),
    })
    .optional(),
  /** Use that goes on for so long opens a case by itself; staff decide. */
  watch: z
    .strictObject({
      ...from,
      cpu: z.strictObject({ percent, minutes }).optional(),
      /** Of the outgoing bandwidth that was bought. */
      upload: z.strictObject({ percent, minutes }).optional(),
    })
    .optional(),
  /** A question that the customer must answer in time: about its data, or its right to what it publishes. */
  inquiry: z
    .strictObject({
      ...from,
      answer_days: days,
      // biome-ignore lint/suspicious/noThenProperty: the file's own word
      then: z.enum(['ban', 'end', 'suspend']),
    })
    .optional(),
  /** An authority's order, or a third party's legal papers, stop a service at any time. */
  authority_order: z
    .strictObject({ ...from, measures: z.array(z.enum(['suspend', 'end'])).min(1) })
    .optional(),
};

export type Measure = (typeof MEASURES)[number];
export type Trace = (typeof TRACES)[number];
