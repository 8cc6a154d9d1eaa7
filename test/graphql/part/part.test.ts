/** The types of a part offer every field that the gateway reads from Dashly. */

import { assertObjectType } from 'graphql';
import { expect, test } from 'vitest';
import { schema } from '../../../src/graphql/schema.ts';
import { sampleAssignPart, samplePart } from '../../conversation/sample-part.ts';

test.each([
  ['ConversationPart', samplePart()],
  ['AssignPart', sampleAssignPart()],
])('%s has each field of the domain', (name, { kind: _, ...fields }) => {
  const type = assertObjectType(schema.getType(name));
  expect(Object.keys(type.getFields()).sort()).toEqual(Object.keys(fields).sort());
});
