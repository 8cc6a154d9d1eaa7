/** The texts of the fragments, for documents of your own, are valid. */

import { parse, validate } from 'graphql';
import { describe, expect, test } from 'vitest';
import * as fragments from '../../schema/fragments.ts';
import { schema } from '../../src/graphql/schema.ts';

/** The selection of a reply that spreads each fragment. */
const spreads: Record<keyof typeof fragments, string> = {
  ReplyResult: '...ReplyResult',
  ReplyFailure: '...ReplyFailure',
  PartFields: '... on ReplyToConversationPayload { part { ...PartFields } }',
};

describe.each(Object.entries(fragments))('%s', (name, text) => {
  test('is valid in a document of your own, without another fragment', () => {
    const spread = spreads[name as keyof typeof fragments];
    const operation = `mutation ($input: ReplyToConversationInput!) { replyToConversation(input: $input) { ${spread} } }`;
    expect(validate(schema, parse(`${operation} ${text}`))).toEqual([]);
  });
});
