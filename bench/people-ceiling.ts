import { verify } from '@node-rs/argon2';
import Fastify from 'fastify';

/** A process of people.ts: takes what a sign-in takes, by the same server of HTTP, and does nothing but the hash. */

const app = Fastify({ logger: false });
app.post('/api/v1/auth/sign-in', async (request, reply) => {
  const { password } = request.body as { password: string };
  if (!(await verify(process.env.STORED_HASH ?? '', password))) return reply.status(401).send(null);
  return reply.status(204).send(null);
});
process.send?.({ url: await app.listen({ host: '127.0.0.1', port: 0 }) });
process.on('SIGTERM', () => void app.close().then(() => process.exit()));
