/** Coerces the input of `replyToConversation` as an operation does. */

import { coerceInputValue, isInputType } from 'graphql';
import { parseExactJson } from '../../../src/conversation/exact-json.ts';
import type { ReplyInput } from '../../../src/graphql/reply/parse-input.ts';
import { schema } from '../../../src/graphql/schema.ts';

/** The input may be a JSON text, for what JavaScript cannot represent. @throws GraphQLError if it is not of its type. */
export function coerceInput(input: object | string): ReplyInput {
  const type = schema.getType('ReplyToConversationInput');
  if (!isInputType(type)) throw new Error('The input has no type.');
  return coerceInputValue(typeof input === 'string' ? parseExactJson(input) : input, type) as ReplyInput;
}
