import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { ConfigError } from '#kernel/config.ts';
import { openServer } from '#server/main.ts';
import { simulatedNode } from '#server/world.ts';
import { testWorld } from '../support/world.ts';

test('a server with another sealing key than the one that its database began with does not start', async () => {
  const world = await testWorld();
  const { sealKeyFile } = world.server.house.config;
  await world.reopen();
  writeFileSync(sealKeyFile, `${randomBytes(32).toString('base64')}\n`);
  await assert.rejects(
    world.reopen(),
    (error: Error) => error instanceof ConfigError && /sealing key/.test(error.message),
  );
});

test('production makes no simulated machines', async () => {
  const world = await testWorld();
  const { config } = world.server.house;
  const opened = openServer({ config: { ...config, production: true, port: 0 }, nodes: [simulatedNode()] });
  await assert.rejects(
    opened,
    (error: Error) => error instanceof ConfigError && /simulated/.test(error.message),
  );
});
