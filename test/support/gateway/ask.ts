/** Sends one HTTP request with exactly the given headers, to which `fetch` would add some. */

import { Agent, type IncomingHttpHeaders, request } from 'node:http';
import { text as readText } from 'node:stream/consumers';

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

export interface Asked {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | Buffer;
}

/** Node's own agent closes an idle connection after five seconds, even if a request is about to use it. */
const agent = new Agent({ keepAlive: true });

export function ask(url: string, { method = 'GET', headers = {}, body }: Asked = {}): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method, headers, agent }, async (response) => {
      const text = await readText(response);
      resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** A GraphQL request in JSON. */
export function askJson(
  url: string,
  params: unknown,
  headers: Record<string, string> = {},
): Promise<HttpAnswer> {
  const body = Buffer.from(typeof params === 'string' ? params : JSON.stringify(params));
  return ask(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'content-length': String(body.length),
      authorization: 'Token sandbox',
      ...headers,
    },
    body,
  });
}
