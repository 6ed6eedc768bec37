import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** One machine that carries instances, as the nodes file gives it (an array of these, JSON). */
export const nodeConfig = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,30}$/),
  driver: z.enum(['lxd', 'simulated']),
  /** "unix:/path/to/unix.socket" or "https://host:8443". */
  endpoint: z.string().optional(),
  client_cert_file: z.string().optional(),
  client_key_file: z.string().optional(),
  server_cert_file: z.string().optional(),
  pool: z.string().default('default'),
  network: z.string().default('lxdbr0'),
  subnet: z.cidrv4(),
  /** The bridge's own address; information only. */
  gateway: z.string().optional(),
  /** Where customers reach it. */
  public_address: z.ipv4(),
  /** The node's own address that mappings listen on, where a gateway in front translates the public one (1:1 NAT). */
  listen_address: z.ipv4().optional(),
  port_from: z.number().int().min(10_000).max(65_000),
  port_to: z.number().int().min(10_001).max(65_535),
  /** Regions that it serves; none named: all of them. */
  regions: z.array(z.string()).default([]),
  /** Promised memory over real memory. */
  memory_overcommit: z.number().min(0.1).max(10).default(1),
  /** False where the node's kernel can't police what instances send. */
  limit_egress: z.boolean().default(true),
  /** Where a simulated node remembers its machines. */
  state_file: z.string().optional(),
});

export type NodeConfig = z.infer<typeof nodeConfig>;
/** As it is written in the file: what has a default may be left out. */
export type NodeEntry = z.input<typeof nodeConfig>;

export class NodesFileError extends Error {}

export function readNodes(path: string): NodeConfig[] {
  let raw: unknown;
  try {
    raw = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new NodesFileError(`${path}: ${(error as Error).message}`, { cause: error });
  }
  const parsed = z.array(nodeConfig).safeParse(raw);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  throw new NodesFileError(`${path}: ${issue.path.join('.')}: ${issue.message}`);
}
