import { z } from 'zod';
import { amountIn, id, line, rule } from '#kernel/http.ts';

/** Files come as base64 in JSON; 4 MB as they are. */
export const FILE_BODY = 6 * 1024 * 1024;

export const uploaded = z
  .string()
  .min(8)
  .max(Math.ceil((4 * 1024 * 1024 * 4) / 3) + 4)
  .refine(
    ...rule<string>((text) => text.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(text), {
      zh: '文件内容须为 base64',
      en: 'The file has to be base64',
    }),
  )
  .transform((text) => Buffer.from(text, 'base64'));

const month = z.string().regex(/^20\d\d-(0[1-9]|1[0-2])$/);
const optionalLine = (max: number) => line(1, max).nullish();

export const newTitle = z.object({
  kind: z.enum(['person', 'company']),
  name: line(1, 100),
  tax_number: line(15, 20).nullish(),
  address: optionalLine(120),
  phone: optionalLine(40),
  bank: optionalLine(100),
  bank_account: optionalLine(40),
});

export const application = z.object({
  title_id: id,
  type: z.enum(['ordinary', 'special']),
  choice: z.union([
    z.object({ invoices: z.array(id).min(1).max(500) }),
    z.object({ from: month, to: month }),
  ]),
  /** Whole fen; without it all there is. */
  amount: amountIn.nullish(),
});

/** A number as tax offices give them: digits, for older ones with the code before. */
const fapiaoNumber = z.string().regex(/^\d{8,20}(-\d{8})?$/);

export const issuedByHand = z.object({ number: fapiaoNumber, file: uploaded });
export const reversedByHand = z.object({ number: fapiaoNumber, file: uploaded.nullish() });
export const why = z.object({ reason: line(2, 200) });
