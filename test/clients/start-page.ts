/** A page of another origin than the gateway's, with the real clients bundled as a frontend bundles them. */

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { onTestFinished } from 'vitest';

/** The bundle of a script, as a text. */
export async function bundle(script: string): Promise<string> {
  const input = fileURLToPath(new URL(script, import.meta.url));
  const options = { write: false, rolldownOptions: { input } };
  const output = await build({ configFile: false, logLevel: 'error', build: options });
  const [built] = Array.isArray(output) ? output : [output];
  if (!built || !('output' in built)) throw new Error('Nothing was built.');
  return built.output[0].code;
}

/**
 * Serves a page with a file input that runs the script. To a browser `localhost` and `127.0.0.1`, where the gateway is,
 * are two sites. Resolves to the origin; ends with the test.
 */
export async function startPage(script: string): Promise<string> {
  const server = createServer(({ url }, res) => {
    if (url === '/page.js') res.writeHead(200, { 'content-type': 'text/javascript' }).end(script);
    else {
      res.writeHead(200, { 'content-type': 'text/html' });
      res.end(
        '<!doctype html><title>A shop</title><input type="file"><script type="module" src="/page.js"></script>',
      );
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://localhost:${(server.address() as AddressInfo).port}`;
}
