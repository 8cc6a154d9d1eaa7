/** A stand-in for an OpenTelemetry collector: receives traces by OTLP over HTTP, in JSON. */

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';

interface Attribute {
  readonly key: string;
  readonly value: object;
}

interface WireSpan {
  readonly name: string;
  readonly kind: number;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly traceState?: string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly status: { readonly code: number };
  readonly attributes: readonly Attribute[];
}

interface WireTraces {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] };
    readonly scopeSpans: readonly { readonly spans: readonly WireSpan[] }[];
  }[];
}

export interface CollectedSpan extends Omit<WireSpan, 'attributes'> {
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly resource: Readonly<Record<string, unknown>>;
}

export interface Collector {
  /** For `OTEL_EXPORTER_OTLP_ENDPOINT`. */
  readonly endpoint: URL;
  readonly paths: readonly string[];
  readonly spans: readonly CollectedSpan[];
}

/** Answers every request with `status`. Stops at the end of the test. */
export async function startCollector(status = 200): Promise<Collector> {
  const paths: string[] = [];
  const spans: CollectedSpan[] = [];
  const server = createServer(async (req, res) => {
    paths.push(req.url ?? '');
    // The exporter may abort the request.
    const received = (await json(req).catch(() => null)) as WireTraces | null;
    if (!received) return;
    const { resourceSpans } = received;
    for (const { resource, scopeSpans } of resourceSpans) {
      for (const span of scopeSpans.flatMap((scope) => scope.spans)) {
        spans.push({
          ...span,
          attributes: valuesOf(span.attributes),
          resource: valuesOf(resource.attributes),
        });
      }
    }
    res.writeHead(status, { 'content-type': 'application/json' }).end('{}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { endpoint: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`), paths, spans };
}

function valuesOf(attributes: readonly Attribute[]): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, plain(value)]));
}

function plain(value: object): unknown {
  const [inner] = Object.values(value);
  if (inner === null || typeof inner !== 'object') return inner;
  return (inner as { values: readonly object[] }).values.map(plain);
}
