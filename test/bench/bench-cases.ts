/** The measured cases: one kind of request, a number of connections, and the delay of the upstream. */

import type { OperationName } from './operations.ts';

export interface BenchCase {
  readonly name: string;
  readonly title: string;
  readonly operation: OperationName;
  readonly connections: number;
  /** The delay of the upstream's responses. */
  readonly delayMs: number;
  /** The length of the uploaded file; 0 without a file. */
  readonly fileBytes: number;
  /** Multiplies the duration of the load: for cases with few requests per second, or important ones. */
  readonly stretch: number;
  /** The names of the measured servers. */
  readonly servers: readonly string[];
  /** The measurement that counts as 1.00: a server in this case, or in the named one. */
  readonly baseline: { readonly server: string; readonly case?: string };
  /** Whether a short run includes servers other than the gateway and its baseline. */
  readonly isShort: boolean;
}

const all = ['bare-proxy', 'by-hand', 'mercurius', 'yoga', 'apollo-server', 'hive-gateway', 'gateway'];
const ordinary = {
  operation: 'small',
  connections: 32,
  delayMs: 0,
  fileBytes: 0,
  stretch: 1,
  servers: all,
  baseline: { server: 'bare-proxy' },
  isShort: false,
} as const satisfies Partial<BenchCase>;
const upload = {
  ...ordinary,
  servers: ['direct', 'pipe', 'yoga', 'gateway'],
  baseline: { server: 'direct' },
} as const satisfies Partial<BenchCase>;

/** The most important case. */
export const mainCase = 'small/32';

/** In the order in which a server is measured, which groups cases by operation. */
export const benchCases: readonly BenchCase[] = [
  { ...ordinary, name: mainCase, title: 'Small reply, 32 connections', stretch: 2, isShort: true },
  { ...ordinary, name: 'small/1', title: 'Small reply, 1 connection', connections: 1 },
  { ...ordinary, name: 'small/256', title: 'Small reply, 256 connections', connections: 256 },
  ...[1, 32, 256].map((connections) => ({
    ...ordinary,
    name: `small/${connections}/50ms`,
    title: `Small reply, ${connections} ${connections === 1 ? 'connection' : 'connections'}, upstream answers after 50 ms`,
    connections,
    delayMs: 50,
  })),
  {
    ...ordinary,
    name: 'trusted',
    title: 'Small reply, as a trusted document (against the proxy with the small reply)',
    servers: ['gateway-trusted'],
    baseline: { server: 'bare-proxy', case: mainCase },
    stretch: 2,
  },
  {
    ...ordinary,
    name: 'everything',
    title: 'Everything selected, with `assignPart`',
    operation: 'everything',
  },
  { ...ordinary, name: 'error', title: 'An error result: `ReplyTooBigError`', operation: 'error' },
  { ...upload, name: 'upload/100kB', title: 'Attachment of 100 kB', fileBytes: 100_000 },
  { ...upload, name: 'upload/10MB', title: 'Attachment of 10 MB', fileBytes: 10_000_000, stretch: 4 },
];
