/**
 * The peer with GraphQL Mesh and Hive Gateway, whose schema is generated from an OpenAPI description of the REST call.
 *
 * So its operations differ from those of the other servers. They select the same fields by the names of REST; kinds are not enums, times
 * are not strings, a sender is not a union, and the client writes JSON within a field as text.
 */

import { partialDeepStrictEqual } from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { jsonRequest } from '../load/load-request.ts';
import { type Operation, operations, partId } from '../operations.ts';
import type { BenchServer } from './bench-server.ts';

const folder = fileURLToPath(new URL('../peers/hive/', import.meta.url));
const binaries = fileURLToPath(new URL('../node_modules/.bin/', import.meta.url));

/** Composes the supergraph, which contains the address of the upstream, and serves it. */
const script = `
"${binaries}mesh-compose" -c mesh.config.ts -o "$0" &&
exec node "${binaries}hive-gateway" supergraph "$0" --host 127.0.0.1 --port "$PORT" --fork 1
`;

const documents: Record<Operation['name'], string> = {
  SmallReply: readFileSync(join(folder, 'small-reply.graphql'), 'utf8'),
  Everything: readFileSync(join(folder, 'everything.graphql'), 'utf8'),
};

const created = { id: partId, type: 'reply_admin', created: 1685352440, conversation: '1' };

const expectedResults = {
  small: { __typename: 'Created', data: { ...created, body: operations.small.form.body } },
  error: {
    __typename: 'Refused',
    meta: { status: 400, error: 'ReplyTooBig', error_message: 'Message text too long' },
  },
  everything: {
    __typename: 'Created',
    data: {
      ...created,
      body: operations.everything.form.body,
      actions: [
        { type: 'quick_reply', meta_data: { id: 1 } },
        { type: 'quick_reply', meta_data: { id: 2 } },
      ],
      random_id: 5,
      read: false,
      assign_part: { id: '1453281238935668443', type: 'assigned', assignee: { id: '8164' } },
    },
  },
};

/** @param supergraph - The path of the file to write. */
export function createHiveGateway(supergraph: string): BenchServer {
  return {
    name: 'hive-gateway',
    title: 'Hive Gateway over OpenAPI',
    process: {
      command: ['sh', '-c', script, supergraph],
      cwd: folder,
      environment: {},
      readyPath: '/readiness',
    },
    request({ operation }) {
      const { name, input, form } = operations[operation];
      const variables = { id: input.conversationId, input: form };
      return jsonRequest('/graphql', { operationName: name, query: documents[name], variables });
    },
    check(answer, { operation }) {
      partialDeepStrictEqual(answer, { data: { replyToConversation: expectedResults[operation] } });
    },
  };
}
