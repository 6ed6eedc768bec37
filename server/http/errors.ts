import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { z } from 'zod';
import type { $ZodIssue } from 'zod/v4/core';
import { isUnreachable, violated } from '#kernel/db.ts';
import { MoneyError } from '#kernel/money.ts';
import { Problem, problem } from '#kernel/problem.ts';
import { type Locale, type LocalizedText, pick } from '#kernel/text.ts';
import { InvalidInput } from './invalid-input.ts';
import { securityEventOf } from './security-events.ts';

/** RFC 9457, as every error of the API looks. */
export const problemDocument = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number(),
  detail: z.string(),
  code: z.string(),
  instance: z.string().optional(),
  errors: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
  clause: z
    .object({ id: z.string(), version: z.string(), title: z.string(), text: z.string() })
    .partial()
    .optional(),
  missing: z.union([z.string(), z.array(z.string())]).optional(),
  retry_after_s: z.number().optional(),
  /** Of `proof-of-work-needed`: what is to be solved (altcha, PBKDF2/SHA-256). */
  challenge: z.object({ parameters: z.looseObject({}), signature: z.string() }).optional(),
});

const SAYS: Record<Locale, (issue: never) => string> = {
  zh: z.locales.zhCN().localeError as (issue: never) => string,
  en: z.locales.en().localeError as (issue: never) => string,
};

function message(issue: $ZodIssue, locale: Locale): string {
  const own = issue.code === 'custom' ? (issue.params?.text as LocalizedText | undefined) : undefined;
  if (own) return pick(own, locale);
  const said: unknown = SAYS[locale]({ ...issue, input: undefined } as never);
  return typeof said === 'string' ? said : ((said as { message?: string })?.message ?? issue.message);
}

function asProblem(error: FastifyError | InvalidInput | Problem, locale: Locale): Problem | null {
  if (error instanceof Problem) return error;
  if (error instanceof InvalidInput) {
    const errors = error.issues
      .slice(0, 20)
      .map((issue) => ({ field: issue.path.join('.') || error.part, message: message(issue, locale) }));
    // A malformed id in the path is simply not there.
    return error.part === 'params' ? problem['not-found']() : problem['invalid-input']({}, { errors });
  }
  if (error instanceof MoneyError) return problem['invalid-input']();
  if (isUnreachable(error)) return problem.unavailable();
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') return problem['payload-too-large']();
  const status = error.statusCode ?? 500;
  return status >= 400 && status < 500 ? problem['invalid-input']() : null;
}

/** Every error leaves as a problem document (RFC 9457); what nobody expected becomes a bare 500 whose id the log has. */
export function problemHandler(log: Logger) {
  return (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => {
    const locale = request.ctx?.locale ?? 'zh';
    const known = asProblem(error, locale);
    request.security = securityEventOf(error, request);
    if (!known || known.kind.status >= 500) {
      log.error(
        { request_id: request.id, route: request.routeOptions.url, constraint: violated(error), err: error },
        'request failed',
      );
    }
    const told = known ?? problem.internal();
    if (typeof told.extra.retry_after_s === 'number')
      void reply.header('retry-after', told.extra.retry_after_s);
    void reply
      .status(told.kind.status)
      .header('content-type', 'application/problem+json; charset=utf-8')
      .serializer((body: unknown) => JSON.stringify(body))
      .send(told.body(locale, request.id));
  };
}
