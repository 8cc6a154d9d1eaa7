/** `possibleTypes` matches the schema. */

import { isAbstractType } from 'graphql';
import { expect, test } from 'vitest';
import { possibleTypes } from '../../schema/possible-types.ts';
import { schema } from '../../src/graphql/schema.ts';

test('lists every interface and union with its possible types', () => {
  const abstract = Object.values(schema.getTypeMap()).filter(
    (type) => isAbstractType(type) && !type.name.startsWith('_'),
  );
  const expected = abstract.map((type) => [
    type.name,
    isAbstractType(type) ? schema.getPossibleTypes(type).map(({ name }) => name) : [],
  ]);
  expect(possibleTypes).toEqual(Object.fromEntries(expected));
});
