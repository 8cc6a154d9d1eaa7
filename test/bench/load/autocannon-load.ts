/**
 * Generates load if wrk is missing: repeats one request, described in JSON. Not by the command of autocannon, which accepts text
 * bodies only.
 */

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/** The used part of the package, which has no types. */
type Autocannon = (options: {
  readonly url: string;
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body: Buffer;
  readonly connections: number;
  /** In seconds, like the next one. */
  readonly duration: number;
  readonly timeout: number;
}) => Promise<{
  readonly requests: { readonly total: number };
  readonly duration: number;
  readonly latency: { readonly p50: number; readonly p99: number };
  readonly errors: number;
  readonly timeouts: number;
  readonly non2xx: number;
}>;

const [url = '', connections, seconds, bodyPath = '', ...headers] = process.argv.slice(2);
const autocannon: Autocannon = createRequire(import.meta.url)('autocannon');
const { requests, duration, latency, errors, timeouts, non2xx } = await autocannon({
  url,
  method: 'POST',
  headers: Object.fromEntries(headers.map((header) => header.split(/: (.*)/s, 2))),
  body: readFileSync(bodyPath),
  connections: Number(connections),
  duration: Number(seconds),
  timeout: 30,
});
const report = {
  requests: requests.total,
  seconds: duration,
  p50Ms: latency.p50,
  p99Ms: latency.p99,
  failures: errors + timeouts + non2xx,
};
console.log(JSON.stringify(report));
