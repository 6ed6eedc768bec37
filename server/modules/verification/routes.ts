import { z } from 'zod';
import type { House } from '#kernel/house.ts';
import { type App, act, actOnce, customerOf, id, line, rule } from '#kernel/http.ts';
import { pdfAnswer, sendPdf } from '#kernel/pdf-reply.ts';
import { code } from '#modules/identity/index.ts';
import { contactForm } from '#modules/reach/index.ts';
import { ageOf, blindOf, companyCheck, guardianCheck, isMinor, personCheck } from './checks.ts';
import { consentConfirm } from './consent-ask.ts';
import { readCreditCode, readIdNumber, readPaperNumber } from './numbers.ts';
import { documentsEnter, mediaTypeOf, reviewWithdraw } from './review-enter.ts';
import { staffRoutes } from './routes-staff.ts';
import { type Kind, problem } from './rules.ts';
import {
  acceptedFee,
  companyName,
  number,
  personName,
  SCANS_BODY,
  scan,
  shownStatus,
  status,
} from './schemas.ts';

import { consentPdf, statusOf } from './status-read.ts';

const config = { access: 'customer' as const, area: 'people' as const, whole: true as const };
const tags = ['account'];
const one = z.object({ id });
const answered = z.object({ result: z.enum(['pass', 'fail', 'review']), minor: z.boolean() });

/** `again`: verified already, and to be verified anew. */
const asked = { accept_fee: acceptedFee, again: z.boolean().optional() };

export function routes(app: App, house: House): void {
  checks(app, house);
  documents(app, house);
  guardians(app, house);
  staffRoutes(app, house);
}

function wrongNumber(field: string) {
  return problem['real-name-form']({}, { errors: [{ field, message: 'form' }] });
}

function resident(text: string, field: string): { number: string; birth: string } {
  const read = readIdNumber(text);
  if (!read) throw wrongNumber(field);
  return read;
}

function checks(app: App, house: House): void {
  app.get('/account/real-name', { config, schema: { tags, response: { 200: status } } }, async ({ ctx }) =>
    shownStatus(await statusOf(house.db, ctx, customerOf(ctx).customerId), house.ports.realName.sandbox),
  );

  app.post(
    '/account/real-name',
    {
      config,
      schema: {
        tags,
        body: z.object({ name: personName, id_number: number, ...asked }),
        response: { 200: answered },
      },
    },
    async (request) => {
      const { name, id_number, accept_fee: fee, again = false } = request.body;
      const { number: idNumber, birth } = resident(id_number, 'id_number');
      return personCheck(house, request, { name, idNumber, birth }, { again, fee });
    },
  );

  app.post(
    '/account/real-name/company',
    {
      config,
      schema: {
        tags,
        body: z.object({ name: companyName, credit_code: number, legal_person: personName, ...asked }),
        response: { 200: answered },
      },
    },
    async (request) => {
      const { name, legal_person: legalPerson, accept_fee: fee, again = false } = request.body;
      const creditCode = readCreditCode(request.body.credit_code);
      if (!creditCode) throw wrongNumber('credit_code');
      return companyCheck(house, request, { name, creditCode, legalPerson }, { again, fee });
    },
  );
}

/** What a paper's number is, by what it is of; and whether it tells that its holder is under age. */
function paperOf(kind: Kind, text: string): { number: string; birth: string | null } {
  if (kind === 'company') {
    const creditCode = readCreditCode(text);
    if (!creditCode) throw wrongNumber('number');
    return { number: creditCode, birth: null };
  }
  const read = readIdNumber(text);
  if (read) return read;
  const other = readPaperNumber(text);
  // What has the form of a resident's number and isn't one is a slip, not a passport.
  if (!other || /^\d{17}[\dX]$/.test(other)) throw wrongNumber('number');
  return { number: other, birth: null };
}

function documents(app: App, house: House): void {
  app.post(
    '/account/real-name/reviews',
    {
      config: { ...config, files: 'files' },
      bodyLimit: SCANS_BODY,
      schema: {
        tags,
        body: z.object({
          kind: z.enum(['person', 'company']),
          name: line(2, 100),
          number,
          files: z.array(scan).min(1).max(3),
        }),
        response: { 201: z.object({ id }) },
      },
    },
    (request, reply) =>
      actOnce(house, request, reply, async (tx, ctx) => {
        const { kind, name } = request.body;
        const paper = paperOf(kind, request.body.number);
        const files = request.body.files.map((bytes) => {
          const mediaType = mediaTypeOf(bytes);
          if (!mediaType) throw problem['document-form']();
          return { mediaType, bytes };
        });
        const age =
          paper.birth !== null
            ? ageOf(paper.birth, ctx.now, ctx.brand.zone)
            : { minor: kind === 'company' ? false : null, ofAgeAt: null };
        const blind = blindOf(house, kind, paper.number);
        const { customerId } = customerOf(ctx);
        const given = { customerId, kind, name, number: paper.number, blind, ...age, files };
        return { status: 201, body: { id: await documentsEnter(tx, ctx, house.sealer, given) } };
      }),
  );

  app.delete(
    '/account/real-name/reviews/:id',
    { config, schema: { tags, params: one, response: { 204: z.null() } } },
    async (request, reply) => {
      const { customerId } = customerOf(request.ctx);
      await act(house, request, (tx, ctx) => reviewWithdraw(tx, ctx, { id: request.params.id, customerId }));
      return reply.status(204).send(null);
    },
  );
}

const person = z.object({ name: personName, id_number: number });

function guardians(app: App, house: House): void {
  app.post(
    '/account/guardian-consents',
    {
      config,
      schema: {
        tags,
        body: z.object({
          minor: person,
          guardian: person,
          relation: z.enum(['parent', 'guardian']),
          phone: line(1, 20).refine(
            ...rule<string>((text) => contactForm('phone', text) !== null, {
              zh: '请输入 11 位中国大陆手机号',
              en: 'A mobile number of mainland China has 11 digits',
            }),
          ),
          accept_fee: acceptedFee,
        }),
        response: {
          200: z.object({ result: z.literal('fail') }),
          202: z.object({ result: z.literal('code-sent'), id, phone: z.string() }),
        },
      },
    },
    async (request, reply) => {
      const { minor, guardian, relation, accept_fee: fee } = request.body;
      const child = resident(minor.id_number, 'minor.id_number');
      const elder = resident(guardian.id_number, 'guardian.id_number');
      const { now, brand } = request.ctx;
      if (!isMinor(child.birth, now, brand.zone)) throw problem['consent-not-needed']();
      if (elder.number === child.number || isMinor(elder.birth, now, brand.zone))
        throw problem['consent-guardian']();
      const sent = await guardianCheck(house, request, {
        minor: { name: minor.name, idNumber: child.number, birth: child.birth },
        guardian: { name: guardian.name, idNumber: elder.number },
        phone: contactForm('phone', request.body.phone)!,
        ...{ relation, fee },
      });
      if (!sent) return reply.status(200).send({ result: 'fail' });
      return reply.status(202).send({ result: 'code-sent', ...sent });
    },
  );

  app.post(
    '/account/guardian-consents/:id/confirmation',
    { config, schema: { tags, params: one, body: z.object({ code }), response: { 204: z.null() } } },
    async (request, reply) => {
      const { customerId } = customerOf(request.ctx);
      const given = { id: request.params.id, customerId, code: request.body.code };
      const right = await act(house, request, (tx, ctx) => consentConfirm(tx, ctx, given));
      if (!right) throw problem['consent-code-wrong']();
      return reply.status(204).send(null);
    },
  );

  app.get(
    '/account/guardian-consents/:id/pdf',
    { config, schema: { tags, params: one, response: pdfAnswer } },
    async ({ ctx, params }, reply) => {
      const of = { id: params.id, customerId: customerOf(ctx).customerId, brand: ctx.brand.id };
      const { number, bytes } = await consentPdf(house.db, house.sealer, of);
      return sendPdf(reply, number, bytes);
    },
  );
}
