import { randomUUID } from 'node:crypto';
import { type Message, signRequest } from '#kernel/message-signature.ts';
import type { StoryCustomer } from '#server/story/customer.ts';
import type { World } from '#server/world.ts';
import { call, type Reply } from '../api/call.ts';
import { signedIn } from './members.ts';

export interface MadeKey {
  id: string;
  secret: string;
  bearer: string | null;
}

export interface KeyBody {
  name?: string;
  kind?: 'bearer' | 'signed';
  areas?: Record<string, 'read' | 'write'>;
  services?: string[] | null;
  addresses?: string[];
  expires_at?: string | null;
}

/** In a session that has just shown who it is. */
export async function makeKey(world: World, customer: StoryCustomer, body: KeyBody = {}): Promise<Reply> {
  return call(world, 'POST', '/account/keys', {
    cookie: await signedIn(world, customer),
    body: { name: 'test', kind: 'bearer', areas: { services: 'read' }, ...body },
  });
}

export async function keyOf(world: World, customer: StoryCustomer, body: KeyBody = {}): Promise<MadeKey> {
  const reply = await makeKey(world, customer, body);
  if (reply.status !== 201) throw new Error(reply.text);
  return reply.json as unknown as MadeKey;
}

export function bear(
  world: World,
  key: Pick<MadeKey, 'bearer'>,
  method: string,
  path: string,
  more: { body?: unknown; headers?: Record<string, string> } = {},
): Promise<Reply> {
  const { body, headers = {} } = more;
  return call(world, method, path, { body, headers: { authorization: `Bearer ${key.bearer}`, ...headers } });
}

export interface Signing {
  body?: unknown;
  created?: Date;
  nonce?: string;
  /** What is sent in place of what was signed. */
  sent?: { method?: string; path?: string; body?: string; headers?: Record<string, string> };
}

/** A request signed by this key, as a program sends it; `sent` changes it on its way. */
export function signed(
  world: World,
  key: Pick<MadeKey, 'id' | 'secret'>,
  method: string,
  path: string,
  signing: Signing = {},
): Promise<Reply> {
  const { body, created = world.clock.now(), nonce = randomUUID(), sent = {} } = signing;
  const text = body === undefined ? undefined : JSON.stringify(body);
  const message: Message = {
    method,
    target: `/api/v1${path}`,
    authority: new URL(world.url).host,
    field: () => undefined,
  };
  const bytes = text === undefined ? undefined : Buffer.from(text);
  const headers = signRequest(message, key, { created, nonce, body: bytes });
  return call(world, sent.method ?? method, sent.path ?? path, {
    body: sent.body ?? text,
    headers: { ...headers, ...sent.headers },
  });
}
