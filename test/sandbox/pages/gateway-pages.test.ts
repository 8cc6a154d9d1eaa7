/** A gateway serves the sandbox's pages, unless it has a real Dashly, and stops while they are open. */

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import { readConfig } from '../../../src/config.ts';
import { createGateway as putTogether } from '../../../src/gateway.ts';
import { createGateway } from '../../../src/library.ts';
import { ask } from '../../support/gateway/ask.ts';
import { startGateway } from '../../support/gateway/start-gateway.ts';
import { endCommands, startCommand } from '../../support/process/start-command.ts';
import { openEvents } from './open-events.ts';
import { readPage } from './read-page.ts';

afterAll(endCommands);

test('a gateway stops while pages are open', async () => {
  const { config } = readConfig({});
  if (!config) throw new Error('The configuration is wrong.');
  const gateway = await putTogether(config, { logStream: { write() {} } });
  const origin = `http://127.0.0.1:${await gateway.listen(0, '127.0.0.1')}`;
  const all = await Promise.all([1, 2, 3].map(() => openEvents(origin)));
  gateway.drain();
  // Pages stay live until then.
  expect((await openEvents(origin)).response.status).toBe(200);
  await gateway.stop();
  await Promise.all(all.map(({ ended }) => ended));
});

test('the library stops while pages are open', async () => {
  const gateway = await createGateway({ dashlyApiUrl: 'sandbox' });
  const server = createServer(gateway.handler);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const events = await openEvents(origin);
  await gateway.stop();
  await events.ended;
  expect((await fetch(`${origin}/sandbox/events`)).status).toBe(503);
});

test.each(['SIGTERM', 'SIGINT'] as const)('npm start stops on %s while pages are open', async (signal) => {
  const command = await startCommand({ SHUTDOWN_TIMEOUT_MS: '25000' });
  const events = await openEvents(command.origin);
  const began = performance.now();
  command.child.kill(signal);
  expect(await command.ended).toBe(0);
  await events.ended;
  expect(performance.now() - began).toBeLessThan(15_000);
});

test('has no pages with a real Dashly', async () => {
  const { origin } = await startGateway({ DASHLY_API_URL: 'https://api.dashly.app/v2' });
  for (const path of ['', '/', '/conversations/1', '/events', '/icon.svg']) {
    const { status, headers, html } = await readPage(origin, path);
    expect(status).toBe(404);
    expect(headers.get('content-type')).toContain('application/json');
    expect(html).not.toContain('Dashly sandbox');
  }
});

test.each(['/sandboxes', '/Sandbox', '/sandbox.html', '//sandbox'])('does not serve %s', async (path) => {
  const { origin } = await startGateway();
  expect((await ask(origin + path)).status).toBe(404);
});

test.each([
  [{}, true],
  [{ GRAPHIQL: 'false' }, false],
])('with %j links to GraphiQL: %s', async (environment, isThere) => {
  const { origin } = await startGateway(environment);
  expect((await readPage(origin)).html.includes('href="./graphql"')).toBe(isThere);
});
