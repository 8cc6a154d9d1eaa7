/** What callers are told if Dashly rejects their token, or that of the gateway. */

import { expect, test } from 'vitest';
import type { CallerKind } from '../../src/conversation/callers/caller.ts';
import { allRights } from '../../src/conversation/callers/caller-rights.ts';
import { toReplyFailure } from '../../src/dashly/failures.ts';
import { toReadFailure } from '../../src/dashly/read-page.ts';
import type { ExceptionName } from '../../src/dashly/rest-failure.ts';

const adviseOnToken = () => 'Use another one.';

const rejectedToken = 'Dashly rejected the token: it is invalid or expired. Use another one.';
const ownToken = "Dashly rejected the gateway's own token; its operator must replace it.";

test.each<[CallerKind, ExceptionName, reply: string, read: string]>([
  ['dashly-token', 'NotAuthenticated', rejectedToken, rejectedToken],
  ['jwt', 'NotAuthenticated', ownToken, ownToken],
  ['api-key', 'NotAuthenticated', ownToken, ownToken],
  [
    'dashly-token',
    'PermissionDeniedError',
    'The owner of the token may not reply in this conversation.',
    'The owner of the token may not read this conversation.',
  ],
  [
    'jwt',
    'PermissionDeniedError',
    "The gateway's own token may not reply in this conversation.",
    "The gateway's own token may not read this conversation.",
  ],
])('a caller with a %s is told of a %s: %s %s', (kind, name, reply, read) => {
  const caller = { kind, id: kind, rights: allRights, credential: { authorization: 'Token a', token: 'a' } };
  const exception = { kind: 'exception', name, errorFields: null, retryAfterSeconds: null } as const;
  const failed = { body: null, attachmentMaxBytes: null, caller, adviseOnToken };
  expect(toReplyFailure(exception, failed).message).toBe(reply);
  expect(toReadFailure(exception, { caller, adviseOnToken }).message).toBe(read);
});

test.each([
  [401, 'NOT_AUTHENTICATED', rejectedToken],
  [403, 'PERMISSION_DENIED', 'The owner of the token may not read this conversation.'],
])('a read with the status %i alone is %s', (status, code, message) => {
  const credential = { authorization: 'Token a', token: 'a' };
  const caller = { kind: 'dashly-token', id: 'a', rights: allRights, credential } as const;
  const rejection = { kind: 'rejection', status, code: null } as const;
  expect(toReadFailure(rejection, { caller, adviseOnToken })).toMatchObject({ code, message });
});
