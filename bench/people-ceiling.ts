import { verify } from '@node-rs/argon2';
import Fastify from 'fastify';

/** A process of people.ts: takes what a sign-in takes, by the same server of HTTP, and does nothing but the hash. */

const app = Fastify({ logger: false });
app.post('/api/v1/auth/sign-in', async (request, reply) => {
  const { email, password } = request.body as { email: string; password: string };
  const stored = email === 'warming' ? process.env.CHEAP_HASH : process.env.STORED_HASH;
  if (!(await verify(stored ?? '', password))) return reply.status(401).send(null);
  return reply.status(204).send(null);
});
process.send?.({ url: await app.listen({ host: '127.0.0.1', port: 0 }) });
process.on('SIGTERM', () => void app.close().then(() => process.exit()));
