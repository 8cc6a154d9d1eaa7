/** The files of GraphiQL are in memory at most once for each encoding. */

import { randomFillSync } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { assetsPath, loadGraphiQLAssets } from '../../../src/http/pages/graphiql-assets.ts';
import { makeTemporaryFolder } from '../../support/make-temporary-folder.ts';
import { until } from '../../support/until.ts';

/** More than the buffers of a connection hold. */
const size = 12_000_000;

/** A server with one file, which cannot be compressed. */
async function startServer(): Promise<{ port: number; responses: readonly ServerResponse[] }> {
  const folder = makeTemporaryFolder();
  mkdirSync(join(folder, 'assets'));
  writeFileSync(join(folder, 'assets', 'main.js'), randomFillSync(Buffer.alloc(size)));
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify({ 'main.tsx': { file: 'assets/main.js' } }));
  const assets = loadGraphiQLAssets(pathToFileURL(`${folder}/`));
  const responses: ServerResponse[] = [];
  const server = createServer((req, res) => {
    responses.push(res);
    assets?.send(req, res);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, responses };
}

test.each(['identity', 'gzip', 'br'])('clients that do not read share one buffer: %s', async (encoding) => {
  const { port, responses } = await startServer();
  const before = process.memoryUsage().arrayBuffers;
  const clients = 20;
  for (let client = 0; client < clients; client++) {
    const socket = connect(port, '127.0.0.1').pause();
    socket.write(`GET ${assetsPath}main.js HTTP/1.1\r\nhost: a\r\naccept-encoding: ${encoding}\r\n\r\n`);
    onTestFinished(() => void socket.destroy());
  }
  await until(() => {
    expect(responses).toHaveLength(clients);
    for (const response of responses) expect(response.writableEnded).toBe(true);
  });
  for (const response of responses) expect(response.writableFinished).toBe(false);
  // Compressing needs some more.
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan((clients * size) / 4);
});
