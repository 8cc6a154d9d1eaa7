/** Chooses the media type of the response before the operation is executed. */

import { LRUCache } from 'lru-cache';

/** The media type of a response. */
export interface ResponseType {
  readonly type: 'application/json' | 'application/graphql-response+json';
  /** Whether `Accept` names it; otherwise it matches by a wildcard, or there is no such header. */
  readonly isNamed: boolean;
}

const json: ResponseType = { type: 'application/json', isNamed: true };
const graphql: ResponseType = { type: 'application/graphql-response+json', isNamed: true };
const byDefault: ResponseType = { type: 'application/json', isNamed: false };

/** By the header, since clients repeat it: parsing takes 2 % of a reply. Both their number and their characters have a limit. */
const negotiated = new LRUCache<string, { readonly responseType: ResponseType | null }>({
  max: 100,
  maxSize: 64 * 1024,
  sizeCalculation: (_value, accept) => accept.length,
});

/**
 * The type of response that an `Accept` header prefers (RFC 9110, 12.5.1); null if it accepts none. If both types have the
 * same weight, the one with the first range wins.
 */
export function negotiate(accept = ''): ResponseType | null {
  if (accept.trim() === '') return byDefault;
  const known = negotiated.get(accept);
  if (known) return known.responseType;
  const responseType = preferredType(accept);
  negotiated.set(accept, { responseType });
  return responseType;
}

function preferredType(accept: string): ResponseType | null {
  const ranges = splitOutsideQuotes(accept, ',').map(parseMediaType).filter(isUtf8).map(readRange);
  const forJson = preferenceFor(json.type, ranges);
  const forGraphQL = preferenceFor(graphql.type, ranges);
  if (!forJson || !forGraphQL) return forJson ? json : forGraphQL ? graphql : null;
  if (forJson.index === forGraphQL.index) return byDefault;
  if (forJson.weight === forGraphQL.weight) return forJson.index < forGraphQL.index ? json : graphql;
  return forJson.weight > forGraphQL.weight ? json : graphql;
}

interface Range {
  readonly type: string;
  readonly weight: number;
  /** Its position in the header. */
  readonly index: number;
}

function readRange({ type, parameters }: MediaType, index: number): Range {
  const weight = parameters.find(([name]) => name === 'q')?.[1] ?? '';
  return { type, weight: /^(?:0(?:\.\d*)?|1(?:\.0*)?)$/.test(weight) ? Number(weight) : 1, index };
}

/** Uses the most specific range that matches the type. Returns null if none matches, or if it excludes the type with `q=0`. */
function preferenceFor(type: ResponseType['type'], ranges: readonly Range[]): Range | null {
  for (const pattern of [type, 'application/*', '*/*']) {
    const range = ranges.find((it) => it.type === pattern);
    if (range) return range.weight > 0 ? range : null;
  }
  return null;
}

/** A media type of a header `Accept` or `Content-Type` (RFC 9110, 8.3.1). */
export interface MediaType {
  /** In lower case, such as `application/json` or `application/*`. */
  readonly type: string;
  /** Names in lower case, values without quotes. */
  readonly parameters: readonly (readonly [name: string, value: string])[];
}

/** Parses a media type with its parameters. */
export function parseMediaType(text: string): MediaType {
  const [type = '', ...parameters] = splitOutsideQuotes(text, ';');
  return { type: type.toLowerCase(), parameters: parameters.filter((it) => it !== '').map(parseParameter) };
}

/** Whether no parameter names another character set than UTF-8. */
export function isUtf8({ parameters }: MediaType): boolean {
  return parameters.every(([name, value]) => name !== 'charset' || /^utf-?8$/i.test(value));
}

function parseParameter(text: string): readonly [name: string, value: string] {
  const [name = '', value = ''] = text.split(/=(.*)/s);
  const quoted = /^"(.*)"$/s.exec(value.trim())?.[1];
  return [name.trim().toLowerCase(), quoted?.replace(/\\(.)/gs, '$1') ?? value.trim()];
}

/** Splits and trims. */
function splitOutsideQuotes(text: string, separator: ',' | ';'): string[] {
  // Without quotes, a plain split is faster.
  if (!text.includes('"')) return text.split(separator).map((piece) => piece.trim());
  const pieces: string[] = [];
  let start = 0;
  let isQuoted = false;
  for (let index = 0; index < text.length; index++) {
    const character = text[index];
    if (character === '"') isQuoted = !isQuoted;
    else if (character === '\\' && isQuoted) index++;
    else if (character === separator && !isQuoted) {
      pieces.push(text.slice(start, index).trim());
      start = index + 1;
    }
  }
  return [...pieces, text.slice(start).trim()];
}
