/** Runs the examples of the README unchanged, and compares its table with the schema. */

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { isUnionType } from 'graphql';
import { describe, expect, test } from 'vitest';
import { schema } from '../../src/graphql/schema.ts';
import { post } from '../support/gateway/reply.ts';
import { startGateway } from '../support/gateway/start-gateway.ts';
import { blocksBelow, columnBelow } from './sections.ts';

const page = 'README.md';

describe('Example', () => {
  const [query = '', ...otherQueries] = blocksBelow(page, 'Example', 'graphql');
  const [variables = '', answer = '', curlAnswer = ''] = blocksBelow(page, 'Example', 'json');
  const [curl = ''] = blocksBelow(page, 'Example', 'sh');

  test('shows the response of the mutation', async () => {
    expect(otherQueries).toEqual([]);
    const { body } = await post(await startGateway(), query, variables);
    const expected = JSON.parse(answer);
    expected.data.replyToConversation.part.id = expect.stringMatching(/^\d{19}$/);
    expect(body).toEqual(expected);
  });

  test('shows what is read of a conversation', async () => {
    const heading = 'Reading a conversation';
    const [read = ''] = blocksBelow(page, heading, 'graphql');
    const [values = '', result = ''] = blocksBelow(page, heading, 'json');
    const { body } = await post(await startGateway(), read, values);
    expect(body).toEqual(JSON.parse(result));
  });

  test('shows the output of curl', async () => {
    const gateway = await startGateway();
    const command = curl.replace('http://localhost:4000/graphql', gateway.url);
    expect(command).not.toBe(curl);
    const { stdout } = await promisify(execFile)('sh', ['-c', command]);
    expect(JSON.parse(stdout)).toEqual(JSON.parse(curlAnswer));
  });
});

test('the table of outcomes lists exactly the members of the union', () => {
  const union = schema.getType('ReplyToConversationResult');
  const members = isUnionType(union) ? union.getTypes().map(({ name }) => name) : [];
  expect(columnBelow(page, 'Outcomes')).toEqual(members);
});
