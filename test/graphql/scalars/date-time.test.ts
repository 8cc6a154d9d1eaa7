/** The `DateTime` scalar: seconds from Dashly, also fractional, are formatted by RFC 3339 in UTC. */

import { assertScalarType } from 'graphql';
import { expect, test } from 'vitest';
import { schema } from '../../../src/graphql/schema.ts';

const dateTime = assertScalarType(schema.getType('DateTime'));

test.each([
  [0, '1970-01-01T00:00:00.000Z'],
  [1685352440, '2023-05-29T09:27:20.000Z'],
  [1685352440.5, '2023-05-29T09:27:20.500Z'],
  [1685352440.123, '2023-05-29T09:27:20.123Z'],
  [1685352440.123456, '2023-05-29T09:27:20.123456Z'],
  [1685352440.000001, '2023-05-29T09:27:20.000001Z'],
  [1685352440.100001, '2023-05-29T09:27:20.100001Z'],
  [Number('1685352439.9999999'), '2023-05-29T09:27:20.000Z'],
  [1685352440.1234567, '2023-05-29T09:27:20.123457Z'],
  [253402300799, '9999-12-31T23:59:59.000Z'],
])('formats %d as %s', (seconds, text) => {
  expect(dateTime.serialize(seconds)).toBe(text);
});
