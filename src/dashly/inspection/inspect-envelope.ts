/** Inspects the envelope of an answer: the status, the exception and the type of its data. */

import type { DashlyResponse } from '../connections/response.ts';
import { readEnvelope } from '../decode-response.ts';
import { type Fields, readFields } from '../read-value.ts';
import { exceptionNames } from '../rest-failure.ts';
import { describeName, describeType, nothing } from './describe-value.ts';
import type { Finding } from './finding.ts';

export interface ExpectedEnvelope {
  readonly status: number;
  /** The name of the exception; null for a success. */
  readonly error: string | null;
  readonly data: readonly string[];
}

export interface InspectedEnvelope {
  readonly findings: readonly Finding[];
  /** Undefined unless the answer reports success as documented. */
  readonly data: unknown;
  readonly meta: Fields | null;
}

/** `response` is null if none was received completely. */
export function inspectEnvelope(
  response: DashlyResponse | null,
  expected: ExpectedEnvelope,
): InspectedEnvelope {
  const findings: Finding[] = [
    { name: 'response', found: response ? 'complete' : 'none, or incomplete', expected: ['complete'] },
  ];
  if (!response) return { findings, data: undefined, meta: null };
  const read = readEnvelope(response);
  const envelope = read === 'unreadable' ? null : read;
  const meta = readFields(envelope?.['meta']);
  const isSuccess = response.status === 200 && meta?.['status'] === 200 && meta['error'] == null;
  const status = [String(expected.status)];
  findings.push({ name: 'HTTP status', found: String(response.status), expected: status });
  findings.push({
    name: 'envelope',
    found: envelope ? (meta ? 'JSON with meta' : 'JSON without meta') : 'not JSON',
    expected: ['JSON with meta'],
  });
  if (!envelope || !meta) return { findings, data: undefined, meta: null };
  const error = expected.error === null ? nothing : [expected.error];
  findings.push({ name: 'meta.status', found: describeStatus(meta['status']), expected: status });
  findings.push({
    name: 'meta.error',
    found: describeName(meta['error'], exceptionNames),
    expected: error,
  });
  findings.push({ name: 'data', found: describeType(envelope['data']), expected: expected.data });
  return { findings, data: isSuccess ? envelope['data'] : undefined, meta };
}

function describeStatus(value: unknown): string {
  const isStatus = Number.isInteger(value) && Number(value) >= 100 && Number(value) <= 599;
  return isStatus ? String(value) : describeType(value);
}
