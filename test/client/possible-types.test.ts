/** Client caches are told the abstract types that the schema has. */

import { isAbstractType } from 'graphql';
import { expect, test } from 'vitest';
import { possibleTypes } from '../../src/client/possible-types.ts';
import { schema } from '../../src/graphql/schema.ts';

test('every interface and union is there with its types', () => {
  const abstract = Object.values(schema.getTypeMap()).filter(
    (type) => isAbstractType(type) && !type.name.startsWith('_'),
  );
  const expected = abstract.map((type) => [
    type.name,
    isAbstractType(type) ? schema.getPossibleTypes(type).map(({ name }) => name) : [],
  ]);
  expect(possibleTypes).toEqual(Object.fromEntries(expected));
});
