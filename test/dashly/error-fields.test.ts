/** The rejected parameters, by their names in the GraphQL input. */

import { expect, test } from 'vitest';
import { reply } from '../support/gateway/reply.ts';
import { startStage } from '../support/gateway/start-stage.ts';
import { answerJson } from '../support/upstream/start-upstream.ts';

const secret = 'SECRET-UPSTREAM-TEXT';

async function pathsFor(errorFields: unknown, error = 'ValidationError'): Promise<string[]> {
  const meta = { status: 400, error, error_message: secret, error_fields: errorFields };
  const { gateway } = await startStage(answerJson({ meta, data: {} }, 400));
  const result = await reply(gateway, { conversationId: '7' });
  expect(result).toMatchObject({ __typename: 'InvalidReplyError', delivery: 'NOT_DELIVERED' });
  expect(result.message).toBe('Dashly rejected the reply as invalid.');
  expect(JSON.stringify(result)).not.toContain('SECRET');
  for (const { path, message } of result.issues) {
    expect(message).toBe(`Dashly rejected the value of ${path.join('.')}.`);
  }
  return result.issues.map(({ path }: { path: string[] }) => path.join('.'));
}

test.each([
  ['id', 'conversationId'],
  ['body', 'body'],
  ['body_json', 'bodyJson'],
  ['attachment', 'attachment.file'],
  ['attachment_file_name', 'attachment.fileName'],
  ['from_user', 'from'],
  ['from_admin', 'from'],
  ['type', 'type'],
  ['external_id', 'externalId'],
  ['random_id', 'randomId'],
  ['auto_assign', 'autoAssign.adminId'],
  ['auto_assign_random_id', 'autoAssign.randomId'],
  ['referrer', 'referrer'],
  ['actions', 'actions'],
])('%s is %s in every shape', async (parameter, path) => {
  expect(await pathsFor({ [parameter]: secret })).toEqual([path]);
  expect(await pathsFor([parameter], 'BadRequest')).toEqual([path]);
  expect(await pathsFor(parameter)).toEqual([path]);
});

test.each<[errorFields: unknown, ...paths: string[]]>([
  [undefined],
  [null],
  [{}],
  [[]],
  [''],
  [5],
  [true],
  [secret],
  [{ [secret]: secret }],
  [[secret, { body: secret }, null, ['body'], 5]],
  [{ body: [secret, { [secret]: [secret] }], [secret]: null, type: null }, 'body', 'type'],
  [['body', secret, 'body', 'type'], 'body', 'type'],
  [{ from_user: secret, from_admin: secret }, 'from'],
  [{ constructor: secret, __proto: 1, toString: secret, hasOwnProperty: 1 }],
  [{ BODY: secret, ' body': secret, bodyJson: secret }],
])('error_fields of %j', async (errorFields, ...paths) => {
  expect(await pathsFor(errorFields)).toEqual(paths);
});

test('a key __proto__ is not a parameter', async () => {
  expect(await pathsFor(JSON.parse('{"__proto__": {"body": 1}, "body": 1}'))).toEqual(['body']);
});

test('error_fields of extreme depth', async () => {
  let nested: unknown = secret;
  for (let level = 0; level < 1000; level++) nested = { body: [nested] };
  expect(await pathsFor(nested)).toEqual(['body']);
});
