/** What is written of an error, whatever was thrown. */

import { expect, test } from 'vitest';
import { describeError } from '../../src/telemetry/describe-error.ts';

const circle = new Error('circle');
circle.cause = circle;
const withoutStack = new Error('bare');
delete withoutStack.stack;

test.each<[what: string, thrown: unknown, described: object]>([
  ['a text', 'text', { type: 'string', message: 'text' }],
  ['an object', { password: 'secret' }, { type: 'object' }],
  ['null', null, { type: 'null' }],
  ['nothing', undefined, { type: 'undefined' }],
  ['an error without a stack', withoutStack, { type: 'Error', message: 'bare' }],
  ['a long message', new Error('x'.repeat(100_000)), { message: `${'x'.repeat(8_000)}…` }],
  [
    'several errors at once',
    new AggregateError([new Error('IPv6'), new Error('IPv4')], ''),
    { type: 'AggregateError', errors: [{ message: 'IPv6' }, { message: 'IPv4' }] },
  ],
  [
    'a cause that is no error',
    new Error('outer', { cause: { token: 'secret' } }),
    { cause: { type: 'object' } },
  ],
])('describes %s', (_what, thrown, described) => {
  expect(describeError(thrown)).toMatchObject(described);
  expect(JSON.stringify(describeError(thrown))).not.toContain('secret');
});

test('comes to an end where causes run in circles', () => {
  expect(JSON.stringify(describeError(circle)).match(/"message":"circle"/g)).toHaveLength(8);
});
