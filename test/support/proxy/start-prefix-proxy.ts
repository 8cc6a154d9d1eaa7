/** A reverse proxy that serves a site below a path prefix, strips the prefix, and rewrites nothing else. */

import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export interface PrefixProxy {
  /** The URL of the root of the site, with a slash at the end. */
  readonly root: string;
  /** Requested paths outside the prefix: broken links. */
  readonly strays: readonly string[];
}

/** Stops at the end of the test. */
export async function startPrefixProxy(targetOrigin: string, prefix: string): Promise<PrefixProxy> {
  const strays: string[] = [];
  const proxy = createServer((incoming, response) => {
    const { method, headers, url = '' } = incoming;
    if (!url.startsWith(`${prefix}/`)) {
      strays.push(url);
      response.writeHead(404).end();
      return;
    }
    const outgoing = request(targetOrigin, { method, headers, path: url.slice(prefix.length) });
    outgoing.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
      answer.pipe(response);
    });
    outgoing.on('error', () => response.destroy());
    response.on('close', () => outgoing.destroy());
    incoming.pipe(outgoing);
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  onTestFinished(() => {
    proxy.closeAllConnections();
    proxy.close();
  });
  return { root: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}${prefix}/`, strays };
}
