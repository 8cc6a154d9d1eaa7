/** Clients receive the result of a reply: success, every error of the union, and rejections of a whole request. */

import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { isUnionType, parse } from 'graphql';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import {
  AskWithQuickRepliesDocument,
  LeaveNoteDocument,
  ReplyAsAdminDocument,
  ReplyDocument,
} from '../../schema/documents.ts';
import { matchReply, type ReplyCases } from '../../schema/match-reply.ts';
import type {
  ReplyMutation,
  ReplyMutationVariables,
  ReplyToConversationInput,
} from '../../schema/operations.ts';
import type { ReplyOutcome } from '../../src/conversation/reply-outcome.ts';
import { schema } from '../../src/graphql/schema.ts';
import { bearer, bySecret } from '../support/gateway/issuer.ts';
import { startEndpoint } from '../support/gateway/start-endpoint.ts';
import { startGateway } from '../support/gateway/start-gateway.ts';
import { sized } from '../support/sized-documents.ts';
import { answerJson, startUpstream } from '../support/upstream/start-upstream.ts';
import { describeResult } from './describe-result.ts';
import type { Client } from './libraries/client.ts';
import { clients } from './libraries/clients.ts';

const headers = { authorization: 'Token sandbox' };
/** The gateway requires this header for files, since a page of another site cannot send it. */
const withFiles = { ...headers, 'apollo-require-preflight': 'true' };

async function reply(client: Client, input: ReplyToConversationInput): Promise<readonly unknown[]> {
  const { data, error } = await client.send(ReplyDocument, { input });
  if (error) throw error;
  return describeResult(data.replyToConversation);
}

interface Failing {
  readonly environment?: Record<string, string>;
  readonly input: ReplyToConversationInput;
  readonly delivery?: string;
  /** Called before the reply. */
  readonly before?: (client: Client) => Promise<unknown>;
  /** How many requests the sandbox receives. */
  readonly received: number;
  /** The third value that `describeResult` returns; by default the message. */
  readonly detail?: unknown;
}

/** Every member but success, by its name. */
const failures: Readonly<Record<string, Failing>> = {
  ReplyTooBigError: { input: { conversationId: '4001', body: 'Hi' }, received: 1 },
  InvalidReplyError: {
    input: { conversationId: '0', body: 'Hi' },
    received: 0,
    // Some clients select `__typename` everywhere.
    detail: [
      expect.objectContaining({ path: ['conversationId'], message: expect.stringContaining('plain digits') }),
    ],
  },
  ReplyTargetNotFoundError: { input: { conversationId: '4005', body: 'Hi' }, received: 1 },
  NotAuthenticatedError: { input: { conversationId: '401', body: 'Hi' }, received: 1 },
  PermissionDeniedError: { input: { conversationId: '403', body: 'Hi' }, received: 1 },
  TooManyRequestsError: { input: { conversationId: '429', body: 'Hi' }, received: 1 },
  AttachmentTooBigError: {
    environment: { UPLOAD_MAX_BYTES: '10' },
    input: { conversationId: '1', attachment: { file: new File(['eleven bytes'], 'a.txt') } },
    received: 0,
  },
  DashlyRejectedError: { input: { conversationId: '4006', body: 'Hi' }, received: 1 },
  DashlyUnavailableError: {
    input: { conversationId: '500', body: 'Hi' },
    delivery: 'UNKNOWN',
    received: 1,
  },
  IdempotencyConflictError: {
    before: (client) => reply(client, { conversationId: '1', body: 'First', idempotencyKey: 'key' }),
    input: { conversationId: '1', body: 'Second', idempotencyKey: 'key' },
    delivery: 'UNKNOWN',
    received: 1,
  },
  GatewayUnavailableError: {
    // No server listens on this port.
    environment: { REDIS_URL: 'redis://127.0.0.1:9' },
    input: { conversationId: '1', body: 'Hi', idempotencyKey: 'key' },
    delivery: 'UNKNOWN',
    received: 0,
  },
};

test('the table has every error of the union', () => {
  const union = schema.getType('ReplyToConversationResult');
  const members = isUnionType(union) ? union.getTypes().map(({ name }) => name) : [];
  expect(['ReplyToConversationPayload', ...Object.keys(failures)]).toEqual(members);
});

const note = { conversationId: '1', from: { adminId: '8164' }, body: 'Called last week.' };
const missingBody = { conversationId: '1', from: { adminId: '8164' } } as typeof note;
/** A document with a field that the gateway does not have. */
const misspelt: TypedDocumentNode<ReplyMutation, ReplyMutationVariables> = parse(
  'mutation Reply($input: ReplyToConversationInput!) { replyToConversation(input: $input) { __typename sent } }',
);

/** The statuses of all responses until the end of the test. */
function watchStatuses(): readonly number[] {
  const statuses: number[] = [];
  const { fetch } = globalThis;
  const spy = vi.spyOn(globalThis, 'fetch').mockImplementation(async (...asked) => {
    const response = await fetch(...asked);
    statuses.push(response.status);
    return response;
  });
  onTestFinished(() => spy.mockRestore());
  return statuses;
}

describe.each(clients)('%s', (name, create) => {
  /** Depends on the types that the client accepts: with the type of GraphQL over HTTP the status is 400, otherwise 200. */
  const refusedAsGraphQL = ['relay-runtime', 'fetch'].includes(name) ? 200 : 400;

  test('sends replies of each kind, and gets the selected fields', async () => {
    const gateway = await startGateway();
    const client = create(gateway.url, headers);
    const { data: noted } = await client.send(LeaveNoteDocument, note);
    expect(noted?.replyToConversation).toMatchObject({
      __typename: 'ReplyToConversationPayload',
      part: { id: expect.stringMatching(/^\d+$/), type: 'NOTE', body: note.body },
    });
    const { data: asked } = await client.send(AskWithQuickRepliesDocument, {
      ...note,
      actions: [
        { quickReply: { body: 'Yes', metaData: { callback: true } } },
        { quickReply: { body: 'No' } },
      ],
    });
    expect(asked?.replyToConversation).toMatchObject({
      part: {
        actions: [
          { __typename: 'QuickReply', body: 'Yes', metaData: { callback: true } },
          { __typename: 'QuickReply', body: 'No', metaData: null },
        ],
      },
    });
    const { data: assigned } = await client.send(ReplyAsAdminDocument, {
      ...note,
      autoAssign: { adminId: '8164' },
    });
    expect(assigned?.replyToConversation).toMatchObject({
      assignPart: { assignee: { id: '8164', name: 'Admin 8164' } },
    });
    expect(gateway.sandbox?.received).toHaveLength(3);
    expect(gateway.errors).toEqual([]);
  });

  test('matches success', async () => {
    const gateway = await startGateway();
    const client = create(gateway.url, headers);
    expect(await reply(client, { conversationId: '1', body: 'Hi', from: { adminId: '8164' } })).toEqual([
      'ReplyToConversationPayload',
      'REPLY_ADMIN',
      'Hi',
    ]);
  });

  test.each(Object.entries(failures))('matches %s', async (member, failing) => {
    const { environment = {}, input, before, delivery = 'NOT_DELIVERED', received } = failing;
    const gateway = await startGateway(environment);
    const client = create(gateway.url, withFiles);
    await before?.(client);
    const detail = failing.detail ?? expect.stringMatching(/\.$/);
    expect(await reply(client, input)).toEqual([member, delivery, detail]);
    expect(gateway.sandbox?.received).toHaveLength(received);
  });

  test('passes on a member of a later version, with the fields of all errors', async () => {
    const failure = { message: 'Closed on Sundays.', delivery: 'NOT_DELIVERED' };
    const name = 'ClosedError';
    // Relay requests these names of the abstract types.
    const abstract = { __isReplyToConversationResult: name, __isReplyError: name };
    const later = { __typename: name, ...abstract, ...failure };
    const server = await startUpstream(answerJson({ data: { replyToConversation: later } }));
    const { data } = await create(server.url, headers).send(ReplyDocument, {
      input: { conversationId: '1' },
    });
    const cases = {} as ReplyCases<ReplyMutation['replyToConversation']>;
    expect(
      data && matchReply(data.replyToConversation, cases, ({ message, delivery }) => ({ message, delivery })),
    ).toEqual(failure);
  });

  test('returns the first result for a second call with the same key', async () => {
    const gateway = await startGateway();
    const client = create(gateway.url, headers);
    const send = () => client.send(LeaveNoteDocument, { ...note, idempotencyKey: 'key' });
    const first = (await send()).data?.replyToConversation;
    expect(first).toMatchObject({ __typename: 'ReplyToConversationPayload', replayed: false });
    expect((await send()).data?.replyToConversation).toEqual({ ...first, replayed: true });
    expect(gateway.sandbox?.received).toHaveLength(1);
  });

  test('reports a 401 as an error with its reason', async () => {
    const upstream = await startUpstream();
    const gateway = await startGateway({ DASHLY_API_URL: upstream.url, ...bySecret });
    const statuses = watchStatuses();
    for (const refused of [{}, { authorization: 'Bearer nonsense' }]) {
      const outcome = await create(gateway.url, refused).send(LeaveNoteDocument, note);
      expect(outcome).toEqual({ error: expect.any(Error), said: expect.stringMatching(/JWT|token/i) });
    }
    expect(statuses).toEqual([401, 401]);
    const client = create(gateway.url, await bearer({ dashly_admin_id: '8164' }));
    const { data } = await client.send(LeaveNoteDocument, note);
    expect(data?.replyToConversation.__typename).toBe('ReplyToConversationPayload');
    expect(upstream.requests).toHaveLength(1);
  });

  test.each<[what: string, status: number, said: RegExp, (client: Client) => ReturnType<Client['send']>]>([
    [
      'a request that is too large',
      413,
      /MiB|1048576|large/,
      (client) => client.send(LeaveNoteDocument, { ...note, body: 'x'.repeat(1024 * 1024) }),
    ],
    [
      'an operation with too many replies',
      400,
      /replies/,
      (client) => client.send(parse(sized.replies(6).replace('mutation', 'mutation Replies')), {}),
    ],
    [
      'a field that does not exist',
      refusedAsGraphQL,
      /Cannot query field "sent"/,
      (client) => client.send(misspelt, { input: { conversationId: '1' } }),
    ],
    [
      'a variable that is missing',
      refusedAsGraphQL,
      /"\$body" of (?:required|non-null) type "String!"/,
      (client) => client.send(LeaveNoteDocument, missingBody),
    ],
  ])('reports %s as an error (%i) with its reason', async (_what, status, said, send) => {
    const gateway = await startGateway();
    const statuses = watchStatuses();
    const outcome = await send(create(gateway.url, headers));
    expect(outcome).toEqual({ error: expect.any(Error), said: expect.stringMatching(said) });
    expect(statuses).toEqual([status]);
    expect(gateway.sandbox?.received).toEqual([]);
  });

  test('reports an unexpected error after the reply as a masked error', async () => {
    const broken = {
      kind: 'sent',
      get part() {
        throw new Error('words of the inside');
      },
    };
    const endpoint = await startEndpoint(async () => broken as unknown as ReplyOutcome);
    const outcome = await create(endpoint.url, headers).send(LeaveNoteDocument, note);
    expect(outcome).toEqual({
      error: expect.any(Error),
      said: expect.stringContaining('Unexpected error.'),
    });
    expect(JSON.stringify(outcome) + outcome.error).not.toContain('words of the inside');
  });

  test('reports an unreachable gateway as an error', async () => {
    const outcome = await create('http://127.0.0.1:9/graphql', headers).send(LeaveNoteDocument, note);
    expect([name, outcome]).toEqual([name, { error: expect.any(Error), said: expect.any(String) }]);
  });
});
