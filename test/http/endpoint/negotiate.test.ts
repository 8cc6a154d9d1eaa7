/** An `Accept` header is read according to RFC 9110, 12.5.1: weights, specificity, and the order of the header between equals. */

import { expect, test } from 'vitest';
import { negotiate } from '../../../src/http/endpoint/negotiate.ts';
import { expectLinearTime } from '../../support/expect-linear-time.ts';

const json = 'application/json';
const graphql = 'application/graphql-response+json';
/** JSON, by a wildcard or without the header. */
const any = '*/*';

test.each<[accept: string | undefined, accepted: typeof json | typeof graphql | typeof any | null]>([
  [undefined, any],
  ['', any],
  [' ', any],
  // A weight of 0 excludes a type, regardless of its position and of the ranges that cover the type.
  [`${json};q=0, ${graphql}`, graphql],
  [`${graphql}, ${json};q=0`, graphql],
  [`${graphql};q=0, ${json}`, json],
  [`${json};q=0, */*`, graphql],
  [`*/*, ${json};q=0`, graphql],
  [`*/*, ${graphql};q=0.000`, json],
  [`application/*;q=0, */*`, null],
  [`${json};q=0`, null],
  [`${json};q=0, ${graphql};q=0`, null],
  [`*/*;q=0`, null],
  [`application/*;q=0`, null],
  [`*/*;q=0, ${json}`, json],
  [`application/*;q=0, ${graphql};q=0.1`, graphql],
  ['text/html, */*;q=0', null],
  // The higher weight wins.
  [`${json};q=0.5, ${graphql};q=0.6`, graphql],
  [`${json};q=0.5, ${graphql}`, graphql],
  [`${graphql};q=0.5, ${json}`, json],
  [`${graphql};q=0.999, ${json};q=1.000`, json],
  [`${graphql};q=0.001, ${json};q=0`, graphql],
  [`${json};Q=0.2, ${graphql};Q=0.3`, graphql],
  [`${json} ; q=0.2 , ${graphql} ; q=0.3`, graphql],
  // The more specific range determines the weight of its type.
  [`*/*, ${json};q=0.1`, graphql],
  [`${json};q=0.1, application/*;q=0.2`, graphql],
  [`${graphql};q=0.1, application/*;q=0.2`, json],
  [`application/*;q=0.1, */*`, any],
  [`${json};q=0.1, */*;q=0`, json],
  // With equal weights the order of the header decides; within one range for both, that of the gateway.
  [`${json}, ${graphql}`, json],
  [`${graphql}, ${json}`, graphql],
  [`${graphql};q=0.9, ${json};q=0.9`, graphql],
  [`${graphql}, */*`, graphql],
  [`*/*, ${graphql}`, json],
  ['application/*', any],
  ['*/*;q=0.1', any],
  ['text/html, application/xhtml+xml, */*;q=0.8', any],
  // Other parameters, and invalid weights.
  [`${json};profile=x;q=0.5, ${graphql};q=0.6`, graphql],
  [`${json};profile="a;q=0,b", ${graphql};q=0.6`, json],
  [`${json};profile="\\";q=0", ${graphql};q=0.6`, json],
  [`text/html;x=", ${json}"`, null],
  [`${json};q=high, ${graphql};q=0.6`, json],
  [`${json};q=-1`, json],
  [`${json};charset=utf-8;q=0.5, ${graphql};charset="UTF-8"`, graphql],
  [`${json};charset=utf-16, ${graphql};q=0.1`, graphql],
  [`${json};charset=utf-16`, null],
  [`"`, null],
  [`${json};"`, json],
  [',;,', null],
])('%s', (accept, accepted) => {
  const expected =
    accepted === any ? { type: json, isNamed: false } : accepted && { type: accepted, isNamed: true };
  expect(negotiate(accept)).toEqual(expected);
});

test.each([
  ['quotes', '"a', 8_000],
  ['escapes in a quoted string', 'a/b;q="\\', 2_000],
  ['ranges', 'application/json;q=0,', 800],
])('parses a long header in linear time: %s', (_name, part, count) => {
  const headers = [1 / 16, 1 / 8, 1 / 4, 1].map((share) => part.repeat(count * share));
  let parsed = 0;
  // Each header is a new one, since the results are cached.
  expectLinearTime(headers, (header) => negotiate(`${header}${parsed++}`));
});
