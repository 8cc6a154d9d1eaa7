/** The operations select every field of each error, and of each kind of action. */

import { readFileSync } from 'node:fs';
import { assertInterfaceType, assertUnionType, parse, TypeInfo, visit, visitWithTypeInfo } from 'graphql';
import { expect, test } from 'vitest';
import { schema } from '../../src/graphql/schema.ts';

/** The fields that a file selects, by type: `ReplyTooBigError.bodyLength`. */
function selectedIn(file: string): string[] {
  const text = readFileSync(new URL(`../../schema/operations/${file}`, import.meta.url), 'utf8');
  const types = new TypeInfo(schema);
  const selected: string[] = [];
  visit(
    parse(text),
    visitWithTypeInfo(types, {
      Field: ({ name }) => void selected.push(`${types.getParentType()?.name}.${name.value}`),
    }),
  );
  return selected;
}

test('schema/operations/fragments.graphql selects every field of each error', () => {
  const common = assertInterfaceType(schema.getType('ReplyError'));
  const own = schema.getPossibleTypes(common).flatMap((type) =>
    Object.keys(type.getFields())
      .filter((name) => !(name in common.getFields()))
      .map((name) => `${type.name}.${name}`),
  );
  expect(selectedIn('fragments.graphql')).toEqual(expect.arrayContaining(own));
});

test('schema/operations/reply.graphql selects every field of each kind of action', () => {
  const kinds = assertUnionType(schema.getType('PartAction'))
    .getTypes()
    .filter(({ name }) => name !== 'OtherAction');
  const fields = kinds.flatMap((type) => Object.keys(type.getFields()).map((name) => `${type.name}.${name}`));
  expect(selectedIn('reply.graphql')).toEqual(expect.arrayContaining(fields));
});
