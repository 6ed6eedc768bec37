import { z } from 'zod';
import { printable, rule } from '#kernel/http.ts';

export const email = z
  .string()
  .trim()
  .max(254)
  .pipe(z.email())
  .refine(
    ...rule<string>((text) => /^[\x21-\x7e]+$/.test(text), {
      zh: '邮箱地址只能使用英文字母、数字和常用符号',
      en: 'Only ASCII letters, digits and signs are possible in an e-mail address',
    }),
  );

/**
 * Long enough for any passphrase, short enough that hashing can't be made to hurt. What can't be seen came in by
 * accident and would shut its owner out.
 */
export const password = z
  .string()
  .min(1)
  .max(256)
  .refine(...printable);
/** One that is being set: as long as a passphrase, and no longer than another program might cut it. */
export const newPassword = password.max(128);
export const code = z.string().regex(/^\d{6}$/);
export const locale = z.enum(['zh', 'en']);
