import cookie from '@fastify/cookie';
import swagger from '@fastify/swagger';
import websocket from '@fastify/websocket';
import Fastify, { type FastifyPluginAsync, type FastifyRequest } from 'fastify';
import { jsonSchemaTransform, serializerCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import type { $ZodType } from 'zod/v4/core';
import { safeParse } from 'zod/v4/core';
import type { House } from '#kernel/house.ts';
import type { App } from '#kernel/http.ts';
import { newId } from '#kernel/ids.ts';
import { localeOf } from '#kernel/text.ts';
import { routes as approvalsRoutes } from '#modules/approvals/routes.ts';
import { routes as arrearsRoutes } from '#modules/arrears/routes.ts';
import { routes as auditRoutes } from '#modules/audit/routes.ts';
import { routes as authoritiesRoutes } from '#modules/authorities/routes.ts';
import { routes as billingRoutes } from '#modules/billing/routes.ts';
import { routes as billsRoutes } from '#modules/bills/routes.ts';
import { routes as breachesRoutes } from '#modules/breaches/routes.ts';
import { routes as budgetsRoutes } from '#modules/budgets/routes.ts';
import { routes as catalogueRoutes } from '#modules/catalogue/routes.ts';
import { routes as computeRoutes } from '#modules/compute/routes.ts';
import { routes as contactsRoutes } from '#modules/contacts/routes.ts';
import { routes as contractsRoutes } from '#modules/contracts/routes.ts';
import { routes as debtsRoutes } from '#modules/debts/routes.ts';
import { routes as disclosuresRoutes } from '#modules/disclosures/routes.ts';
import { routes as documentsRoutes } from '#modules/documents/routes.ts';
import { routes as domainsRoutes } from '#modules/domains/routes.ts';
import { routes as endingsRoutes } from '#modules/endings/routes.ts';
import { routes as enforcementRoutes } from '#modules/enforcement/routes.ts';
import { routes as entranceRoutes } from '#modules/entrance/routes.ts';
import { routes as factorsRoutes } from '#modules/factors/routes.ts';
import { routes as federationRoutes } from '#modules/federation/routes.ts';
import { routes as forecastRoutes } from '#modules/forecast/routes.ts';
import { routes as fundsRoutes } from '#modules/funds/routes.ts';
import { routes as gatesRoutes } from '#modules/gates/routes.ts';
import { routes as giftsRoutes } from '#modules/gifts/routes.ts';
import { routes as invoicingRoutes } from '#modules/invoicing/routes.ts';
import { routes as keysRoutes } from '#modules/keys/routes.ts';
import { routes as ledgerRoutes } from '#modules/ledger/routes.ts';
import { routes as liabilityRoutes } from '#modules/liability/routes.ts';
import { routes as lifecycleRoutes } from '#modules/lifecycle/routes.ts';
import { routes as membersRoutes } from '#modules/members/routes.ts';
import { routes as meteringRoutes } from '#modules/metering/routes.ts';
import { routes as movesRoutes } from '#modules/moves/routes.ts';
import { routes as negotiatedRoutes } from '#modules/negotiated/routes.ts';
import { routes as notifyRoutes } from '#modules/notify/routes.ts';
import { routes as outagesRoutes } from '#modules/outages/routes.ts';
import { routes as panelRoutes } from '#modules/panel/routes.ts';
import { routes as paymentsRoutes } from '#modules/payments/routes.ts';
import { routes as pricesRoutes } from '#modules/prices/routes.ts';
import { routes as privacyRoutes } from '#modules/privacy/routes.ts';
import { routes as pushesRoutes } from '#modules/pushes/routes.ts';
import { routes as reachRoutes } from '#modules/reach/routes.ts';
import { routes as reconciliationRoutes } from '#modules/reconciliation/routes.ts';
import { routes as revisionsRoutes } from '#modules/revisions/routes.ts';
import { routes as staffRoutes } from '#modules/staff/routes.ts';
import { routes as termsRoutes } from '#modules/terms/routes.ts';
import { routes as transfersRoutes } from '#modules/transfers/routes.ts';
import { routes as uptimeRoutes } from '#modules/uptime/routes.ts';
import { routes as usageRoutes } from '#modules/usage/routes.ts';
import { routes as verificationRoutes } from '#modules/verification/routes.ts';
import { guard } from './http/access.ts';
import { accountAuditRoutes } from './http/account-audit.ts';
import { botCheck } from './http/bot-check.ts';
import { serveConsole } from './http/console.ts';
import { problemDocument, problemHandler } from './http/errors.ts';
import { InvalidInput } from './http/invalid-input.ts';
import { readJson, strictly } from './http/json.ts';
import { observe } from './http/observe.ts';
import { ledToHttps, policies, refuseTwoHosts } from './http/policy.ts';
import { sessionRoutes } from './http/session.ts';
import { staffActs } from './http/staff-acts.ts';
import { staffRoutes as overviewRoutes } from './http/staff-overview.ts';
import { standingGate } from './http/standing-gate.ts';
import { uploads } from './http/uploads.ts';
import { worldRoutes } from './http/world.ts';

const ROOMS = [
  sessionRoutes,
  accountAuditRoutes,
  auditRoutes,
  factorsRoutes,
  entranceRoutes,
  federationRoutes,
  membersRoutes,
  keysRoutes,
  staffRoutes,
  reachRoutes,
  notifyRoutes,
  termsRoutes,
  revisionsRoutes,
  contactsRoutes,
  ledgerRoutes,
  approvalsRoutes,
  authoritiesRoutes,
  negotiatedRoutes,
  paymentsRoutes,
  transfersRoutes,
  reconciliationRoutes,
  fundsRoutes,
  debtsRoutes,
  verificationRoutes,
  domainsRoutes,
  gatesRoutes,
  catalogueRoutes,
  meteringRoutes,
  budgetsRoutes,
  giftsRoutes,
  billingRoutes,
  usageRoutes,
  invoicingRoutes,
  documentsRoutes,
  disclosuresRoutes,
  contractsRoutes,
  lifecycleRoutes,
  endingsRoutes,
  pricesRoutes,
  arrearsRoutes,
  billsRoutes,
  computeRoutes,
  panelRoutes,
  outagesRoutes,
  uptimeRoutes,
  enforcementRoutes,
  pushesRoutes,
  liabilityRoutes,
  movesRoutes,
  forecastRoutes,
  privacyRoutes,
  breachesRoutes,
  overviewRoutes,
  worldRoutes,
];

export interface AppOptions {
  /** Folder of the built console; without it only the API is served. */
  consoleDir: string | null;
  /** The gateways that stand in where there are no merchant keys. */
  standIns: { prefix: string; plugin: FastifyPluginAsync }[];
}

/** Mounts all routes under /api/v1, one error handler, OpenAPI 3.1 at /api/v1/openapi.json. */
export async function buildApp(house: House, options: AppOptions): Promise<App> {
  const app = Fastify({
    logger: false,
    genReqId: () => newId(),
    bodyLimit: 256 * 1024,
    // The nearest hop alone: what stands further left in X-Forwarded-For is whatever the caller wrote.
    trustProxy: house.config.trustProxy ? (_address: string, hop: number) => hop === 0 : false,
    routerOptions: { maxParamLength: 200 },
    requestTimeout: 30_000,
    connectionTimeout: 60_000,
    forceCloseConnections: true,
  }).withTypeProvider<ZodTypeProvider>() as unknown as App;

  app.setValidatorCompiler<$ZodType>(({ schema, httpPart = 'body' }) => {
    const taken = httpPart === 'body' ? strictly(schema) : schema;
    return (data) => {
      const result = safeParse(taken, data);
      return result.success
        ? { value: result.data }
        : { error: new InvalidInput(result.error.issues, httpPart) };
    };
  });
  app.setSerializerCompiler(serializerCompiler);
  app.setErrorHandler(problemHandler(house.log));
  readJson(app);

  await app.register(cookie);
  await policies(app, house);
  await app.register(websocket, { options: { maxPayload: 64 * 1024 } });
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Cloudpact',
        version: '1',
        description: 'Money is decimal strings of yuan; instants are ISO 8601 in UTC.',
      },
      servers: [{ url: '/' }],
    },
    transform: jsonSchemaTransform,
  });

  app.addHook('onRoute', (route) => {
    const schema = route.schema as { hide?: boolean; response?: Record<string, unknown> } | undefined;
    if (!schema || schema.hide) return;
    schema.response = { ...schema.response, default: problemDocument };
  });
  app.decorateRequest('ctx');
  app.decorateRequest('stillPermitted');
  app.addHook('onRequest', async (request, reply) => {
    request.ctx = visitor(house, request);
    refuseTwoHosts(request);
    if (ledToHttps(house, request, reply)) return reply;
  });
  observe(app, house);
  guard(app, house);
  standingGate(app, house);
  staffActs(app, house);
  botCheck(app, house);
  uploads(app, house);
  await app.register(
    async (api) => {
      for (const routes of ROOMS) routes(api as unknown as App, house);
      api.get('/openapi.json', { config: { access: 'public' }, schema: { hide: true } as object }, () =>
        app.swagger(),
      );
    },
    { prefix: '/api/v1' },
  );
  for (const { prefix, plugin } of options.standIns) await app.register(plugin, { prefix });
  await serveConsole(app, house, options.consoleDir);
  return app;
}

function visitor(house: House, request: FastifyRequest) {
  return {
    now: house.clock.now(),
    brand: house.brands.byHost(request.hostname),
    actor: { kind: 'visitor' as const },
    locale: localeOf(request.headers['accept-language']),
    bus: house.bus,
    requestId: request.id,
    ip: request.ip,
    userAgent: request.headers['user-agent']?.slice(0, 300) ?? null,
    unattended: request.headers.unattended === '1',
  };
}
