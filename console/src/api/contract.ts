import type { LocalizedText } from '#kernel/text.ts';

/** Hand-made shape of the API, until the one that is generated from OpenAPI takes its place. */

interface Params {
  path?: Record<string, string>;
  query?: Record<string, unknown>;
}
type Json<T> = { headers: Record<string, unknown>; content: { 'application/json': T } };
type Replies<T> = {
  200: Json<T>;
  default: { headers: Record<string, unknown>; content: { 'application/problem+json': unknown } };
};
type Parameters<P extends Params> = { path: P['path'] extends object ? P['path'] : never } extends {
  path: never;
}
  ? { query?: P['query']; header?: Record<string, string> }
  : { path: P['path']; query?: P['query']; header?: Record<string, string> };
interface Get<T, P extends Params = Params> {
  parameters: Parameters<P>;
  responses: Replies<T>;
}
interface Send<B, T, P extends Params = Params> {
  parameters: Parameters<P>;
  requestBody: { content: { 'application/json': B } };
  responses: Replies<T>;
}
interface Items<T> {
  items: T[];
  next?: string | null;
}
interface Paged extends Params {
  query: { before?: string };
}
interface ById {
  path: { id: string };
}

interface Brand {
  id: string;
  name: LocalizedText;
  tagline: LocalizedText;
  theme: { primary: string };
  zone: string;
  sandbox: { payment: boolean; mail: boolean; real_name: boolean };
  production: boolean;
}
interface Plan {
  id: string;
  name: LocalizedText;
  price: string;
  regions: string[];
  cpus: number;
  memory_mb: number;
  disk_gb: number;
  bandwidth_mbps: number;
  ports: number;
  processes: number;
  in_stock: Record<string, boolean>;
}
interface Catalogue {
  version_id: string;
  effective_at: string;
  regions: { id: string; name: LocalizedText; mainland: boolean; available: boolean; simulated: boolean }[];
  images: { id: string; name: LocalizedText; available: boolean }[];
  products: { id: string; name: LocalizedText; summary: LocalizedText; plans: Plan[] }[];
}
interface Terms {
  id: string;
  version: string;
  sha256: string;
  title: LocalizedText;
  published_on: string;
  highlights: { id: string; clause: string; title: LocalizedText; text: LocalizedText }[];
  clauses: { id: string; kind: string; title: LocalizedText; text: LocalizedText }[];
}
interface Session {
  user: { id: string; email: string; locale: 'zh' | 'en' };
  customer: { id: string; minor: boolean; real_name: 'none' | 'passed'; guardian_consent: boolean };
  balance: string;
  terms: { accepted: boolean; accepted_version: string | null; current_version_id: string };
}
interface Payment {
  id: string;
  out_trade_no: string;
  channel: string;
  amount: string;
  state: 'pending' | 'paid' | 'closed' | 'held';
  created_at: string;
  paid_at: string | null;
  pay_url: string | null;
  sandbox: boolean;
}
interface Order {
  id: string;
  number: string;
  kind: 'new' | 'renewal';
  service_id: string;
  plan: string;
  region: string;
  months: number;
  amount: string;
  state: 'paid' | 'refunded';
  period_start: string;
  period_end: string;
  created_at: string;
}
interface Service {
  id: string;
  product: string;
  plan: string;
  plan_name: LocalizedText;
  region: string;
  region_name: LocalizedText;
  state: 'preparing' | 'active' | 'suspended' | 'deleted' | 'failed';
  price: string;
  period_start: string;
  period_end: string;
  delete_at: string | null;
  deleted_at: string | null;
  created_at: string;
  instance: {
    hostname: string;
    image: string;
    cpus: number;
    memory_mb: number;
    disk_gb: number;
    bandwidth_mbps: number;
    power: 'running' | 'stopped' | null;
    wanted_power: 'running' | 'stopped';
    ready: boolean;
    public_address: string | null;
    private_address: string | null;
    ssh: { host: string; port: number; command: string } | null;
    port_range: { from: number; to: number } | null;
    simulated: boolean;
    node_product: string | null;
  } | null;
  clause: { id: string; title: LocalizedText } | null;
  actions: { renew: boolean; power: boolean; mappings: boolean; terminal: boolean };
}
interface Mappings {
  items: { id: string; protocol: 'tcp' | 'udp'; listen_port: number; target_port: number; fixed: boolean }[];
  free: number[];
  limit: number;
}
interface Metrics {
  step_s: number;
  points: {
    at: string;
    cpu_percent: number | null;
    memory_bytes: number;
    disk_bytes: number;
    received_bps: number | null;
    sent_bps: number | null;
    processes: number;
  }[];
  limits: { cpus: number; memory_bytes: number; disk_bytes: number };
  traffic: { received_bytes: number; sent_bytes: number };
}
interface StaffCustomer {
  id: string;
  email: string;
  balance: string;
  real_name: 'none' | 'passed';
  minor: boolean;
  guardian_consent: boolean;
  services: number;
  created_at: string;
}
interface StaffAct {
  id: string;
  at: string;
  actor: { kind: string; id: string | null; name: string | null };
  action: string;
  subject_kind: string;
  subject_id: string;
  customer_id: string | null;
  clause: { id: string; version: string } | null;
  facts: Record<string, unknown>;
  ip: string | null;
}
interface StaffService {
  id: string;
  customer_id: string;
  email: string;
  plan: string;
  region: string;
  state: Service['state'];
  period_end: string;
  created_at: string;
}
type StaffOrder = Order & { customer_id: string; email: string };
type StaffPayment = Payment & { customer_id: string; email: string; held_reason: string | null };

export interface paths {
  '/brand': { get: Get<Brand> };
  '/catalogue': { get: Get<Catalogue> };
  '/terms': { get: Get<Terms> };
  '/quote': {
    post: Send<
      { plan: string; region: string; months: number },
      { lines: { text: LocalizedText; amount: string }[]; total: string }
    >;
  };
  '/auth/sign-up': {
    post: Send<{ email: string; password: string; locale: 'zh' | 'en'; minor: boolean }, { email: string }>;
  };
  '/auth/verify-email': { post: Send<{ email: string; code: string }, undefined> };
  '/auth/resend-code': { post: Send<{ email: string }, { email: string }> };
  '/auth/sign-in': { post: Send<{ email: string; password: string }, undefined> };
  '/auth/sign-out': { post: Get<undefined> };
  '/auth/session': { get: Get<Session> };
  '/account/password': { post: Send<{ current: string; next: string }, undefined> };
  '/account/sessions': {
    get: Get<
      Items<{
        id: string;
        created_at: string;
        last_seen_at: string;
        ip: string | null;
        user_agent: string | null;
        current: boolean;
      }>
    >;
  };
  '/account/sessions/{id}': { delete: Get<undefined, ById> };
  '/account/real-name': {
    post: Send<{ name: string; id_number: string }, { result: 'pass' | 'fail'; minor: boolean }>;
  };
  '/terms/acceptances': {
    get: Get<
      Items<{
        id: string;
        version: string;
        sha256: string;
        highlights: string[];
        at: string;
        ip: string | null;
      }>
    >;
    post: Send<{ version_id: string; sha256: string; highlights: string[] }, { id: string; at: string }>;
  };
  '/balance': { get: Get<{ balance: string }> };
  '/statement': {
    get: Get<
      Items<{ id: string; at: string; kind: string; text: LocalizedText; amount: string; balance?: string }>,
      Paged
    >;
  };
  '/payments': {
    get: Get<Items<Payment>, Paged>;
    post: Send<
      { amount: string; channel: 'alipay' },
      { id: string; out_trade_no: string; pay_url: string; amount: string; sandbox: boolean }
    >;
  };
  '/payments/{id}': { get: Get<Payment, ById> };
  '/orders': {
    get: Get<Items<Order>, Paged>;
    post: Send<
      {
        plan: string;
        region: string;
        image: string;
        hostname: string;
        months: number;
        access: { type: 'ssh_key'; public_key: string } | { type: 'password'; password: string };
      },
      { id: string; number: string; service_id: string; amount: string }
    >;
  };
  '/services': { get: Get<Items<Service>, Paged> };
  '/services/{id}': { get: Get<Service, ById> };
  '/services/{id}/steps': {
    get: Get<
      Items<{ step: string; state: 'started' | 'done' | 'failed'; detail: string | null; at: string }>,
      ById
    >;
  };
  '/services/{id}/history': {
    get: Get<
      Items<{
        at: string;
        action: string;
        actor: string;
        clause: { id: string; version: string } | null;
        facts: Record<string, unknown>;
      }>,
      ById
    >;
  };
  '/services/{id}/renewals': {
    post: Send<{ months: number }, { order_id: string; amount: string; period_end: string }, ById>;
  };
  '/services/{id}/power': { post: Send<{ action: 'start' | 'stop' | 'restart' }, object, ById> };
  '/services/{id}/mappings': {
    get: Get<Mappings, ById>;
    post: Send<{ protocol: 'tcp' | 'udp'; listen_port?: number; target_port: number }, object, ById>;
  };
  '/services/{id}/mappings/{mapping_id}': {
    delete: Get<undefined, { path: { id: string; mapping_id: string } }>;
  };
  '/services/{id}/metrics': {
    get: Get<Metrics, { path: { id: string }; query: { window: '1h' | '24h' | '7d' } }>;
  };
  '/notices': {
    get: Get<
      Items<{
        id: string;
        kind: string;
        channel: string;
        address: string;
        subject: string;
        body: string;
        state: string;
        created_at: string;
        sent_at: string | null;
      }>,
      Paged
    >;
  };
  '/dev/mailbox': {
    get: Get<Items<{ id: string; from: string; to: string; subject: string; body: string; at: string }>>;
  };
  '/staff/auth/sign-in': {
    post: Send<{ email: string; password: string }, undefined>;
  };
  '/staff/auth/sign-out': { post: Get<undefined> };
  '/staff/auth/session': { get: Get<{ staff: { id: string; email: string; name: string } }> };
  '/staff/overview': {
    get: Get<{
      customers: number;
      services: Record<string, number>;
      jobs_failed: number;
      payments_held: number;
      nodes: number;
    }>;
  };
  '/staff/customers': { get: Get<Items<StaffCustomer>, { query: { q?: string; before?: string } }> };
  '/staff/customers/{id}': {
    get: Get<
      Omit<StaffCustomer, 'services'> & {
        services: StaffService[];
        orders: StaffOrder[];
        payments: StaffPayment[];
        audit: StaffAct[];
      },
      ById
    >;
  };
  '/staff/customers/{id}/guardian-consent': { post: Send<{ reference: string }, undefined, ById> };
  '/staff/services': { get: Get<Items<StaffService>, Paged> };
  '/staff/orders': { get: Get<Items<StaffOrder>, Paged> };
  '/staff/payments': {
    get: Get<Items<StaffPayment>, { query: { state?: Payment['state']; before?: string } }>;
  };
  '/staff/jobs': {
    get: Get<
      Items<{
        id: string;
        name: string;
        attempts: number;
        max_attempts: number;
        last_error: string | null;
        run_at: string;
        failed: boolean;
      }>
    >;
  };
  '/staff/jobs/{id}/retry': { post: Get<undefined, ById> };
  '/staff/audit': {
    get: Get<Items<StaffAct>, { query: { customer?: string; subject?: string; before?: string } }>;
  };
  '/staff/nodes': {
    get: Get<
      Items<{
        id: string;
        name: string;
        product: string | null;
        simulated: boolean;
        regions: string[];
        public_address: string;
        cpus: number | null;
        memory_bytes: number | null;
        disk_bytes: number | null;
        instances: number;
        images: string[];
        seen_at: string | null;
        error: string | null;
      }>
    >;
  };
}
