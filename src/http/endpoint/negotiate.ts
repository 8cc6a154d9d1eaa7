/** Chooses the media type of the response before the operation is executed. */

import { isUtf8, type MediaType, parseMediaTypes } from './media-type.ts';

const responseTypes = ['application/json', 'application/graphql-response+json'] as const;

/** One of the two media types of GraphQL over HTTP; with a wildcard, the gateway chooses. */
export type AcceptedType = (typeof responseTypes)[number] | '*/*';

/**
 * The type of response that an `Accept` header prefers (RFC 9110, 12.5.1); null if it accepts none. If both types have the
 * same weight, the one with the first range wins.
 */
export function negotiate(accept: string | undefined): AcceptedType | null {
  if (!accept?.trim()) return '*/*';
  const ranges = parseMediaTypes(accept).filter(isUtf8).map(readRange);
  const [json, graphql] = responseTypes.map((type) => preferenceFor(type, ranges));
  if (!json || !graphql) return json?.type ?? graphql?.type ?? null;
  if (json.index === graphql.index) return '*/*';
  const isJson = json.weight === graphql.weight ? json.index < graphql.index : json.weight > graphql.weight;
  return isJson ? json.type : graphql.type;
}

interface Range {
  readonly type: string;
  readonly weight: number;
  /** Its position in the header. */
  readonly index: number;
}

interface Preference extends Range {
  readonly type: (typeof responseTypes)[number];
}

function readRange({ type, parameters }: MediaType, index: number): Range {
  const weight = parameters.find(([name]) => name === 'q')?.[1] ?? '';
  return { type, weight: /^(?:0(?:\.\d*)?|1(?:\.0*)?)$/.test(weight) ? Number(weight) : 1, index };
}

/** Uses the most specific range that matches the type. Returns null if none matches, or if it excludes the type with `q=0`. */
function preferenceFor(type: (typeof responseTypes)[number], ranges: readonly Range[]): Preference | null {
  for (const pattern of [type, 'application/*', '*/*']) {
    const range = ranges.find((it) => it.type === pattern);
    if (range) return range.weight > 0 ? { ...range, type } : null;
  }
  return null;
}
