/** The rejected parameters, by their names in the GraphQL input. */

import { expect, test } from 'vitest';
import { issuesFromErrorFields } from '../../src/dashly/error-fields.ts';

const secret = 'SECRET-UPSTREAM-TEXT';

function pathsFor(errorFields: unknown): string[] {
  return issuesFromErrorFields(errorFields).map(({ path, message }) => {
    expect(message).toBe(`Dashly rejected the value of ${path.join('.')}.`);
    return path.join('.');
  });
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
])('%s is %s in every shape', (parameter, path) => {
  expect(pathsFor({ [parameter]: secret })).toEqual([path]);
  expect(pathsFor([parameter])).toEqual([path]);
  expect(pathsFor(parameter)).toEqual([path]);
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
])('error_fields of %j', (errorFields, ...paths) => {
  expect(pathsFor(errorFields)).toEqual(paths);
});

test('a key __proto__ is not a parameter', () => {
  expect(pathsFor(JSON.parse('{"__proto__": {"body": 1}, "body": 1}'))).toEqual(['body']);
});

test('error_fields of extreme depth', () => {
  let nested: unknown = secret;
  for (let level = 0; level < 1000; level++) nested = { body: [nested] };
  expect(pathsFor(nested)).toEqual(['body']);
});
