/** The compared servers. */

import { deepStrictEqual, partialDeepStrictEqual } from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BenchCase } from '../bench-cases.ts';
import {
  directUpload,
  documentId,
  graphqlRequest,
  graphqlUpload,
  jsonRequest,
  trustedRequest,
} from '../load/load-request.ts';
import { type Operation, operations } from '../operations.ts';
import type { BenchServer, ServerCommand } from './bench-server.ts';
import { createHiveGateway } from './hive-gateway.ts';

const operationOf = ({ operation }: BenchCase): Operation => operations[operation];

/** A peer in this folder that accepts the same operations as the gateway. */
function peer(name: string, title: string): BenchServer {
  const path = fileURLToPath(new URL(`../peers/${name}.ts`, import.meta.url));
  return {
    name,
    title,
    process: {
      command: [process.execPath, path],
      cwd: fileURLToPath(new URL('..', import.meta.url)),
      environment: {},
      readyPath: '/',
    },
    request: askGraphql,
    check: checkGraphql,
  };
}

function askGraphql(benchCase: BenchCase) {
  const operation = operationOf(benchCase);
  return benchCase.fileBytes > 0 ? graphqlUpload(operation, benchCase.fileBytes) : graphqlRequest(operation);
}

/** The body in the response to a file is not the one that was sent: the stub does not parse it under load. */
function checkGraphql(answer: unknown, benchCase: BenchCase): void {
  const { result } = operationOf(benchCase);
  deepStrictEqual(answer, { data: { replyToConversation: result } });
}

/** A gateway as in production; its root is the folder of its own package. */
export function gatewayCommand(root: string, environment: ServerCommand['environment'] = {}): ServerCommand {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return { command: ['sh', '-c', scripts.start], cwd: root, environment, readyPath: '/ready' };
}

/**
 * @param gatewayRoot - The folder of the gateway's own package.
 * @param folder - For the files that the servers need.
 */
export function createServers(gatewayRoot: string, folder: string): readonly BenchServer[] {
  const bareProxy: BenchServer = {
    ...peer('bare-proxy', 'bare proxy'),
    request(benchCase) {
      const { input, form } = operationOf(benchCase);
      return jsonRequest('/', { conversationId: input.conversationId, ...form });
    },
    check(answer, benchCase) {
      const meta = benchCase.operation === 'error' ? { status: 400, error: 'ReplyTooBig' } : { status: 200 };
      partialDeepStrictEqual(answer, { data: {}, meta });
    },
  };
  const byHand: BenchServer = {
    ...peer('by-hand', 'by hand, without GraphQL'),
    check(answer, benchCase) {
      partialDeepStrictEqual(answer, { data: { replyToConversation: operationOf(benchCase).result } });
    },
  };
  const direct: BenchServer = {
    name: 'direct',
    title: 'the upstream itself',
    process: null,
    request: (benchCase) => directUpload(operationOf(benchCase), benchCase.fileBytes),
    check: (answer) => partialDeepStrictEqual(answer, { meta: { status: 200 } }),
  };
  const pipe: BenchServer = {
    ...peer('pipe', 'a pipe of bytes, by undici'),
    request: direct.request,
    check: direct.check,
  };
  const ours = { ...peer('gateway', 'this gateway'), process: gatewayCommand(gatewayRoot) };
  const trusted: BenchServer = {
    ...ours,
    name: 'gateway-trusted',
    title: 'this gateway, trusted documents only',
    process: gatewayCommand(gatewayRoot, { TRUSTED_DOCUMENTS: writeManifest(folder) }),
    request: (benchCase) => trustedRequest(operationOf(benchCase)),
  };
  return [
    bareProxy,
    direct,
    pipe,
    byHand,
    peer('mercurius', 'mercurius, with its compiler'),
    peer('yoga', 'GraphQL Yoga'),
    peer('apollo-server', 'Apollo Server, RESTDataSource'),
    createHiveGateway(join(folder, 'supergraph.graphql')),
    ours,
    trusted,
  ];
}

function writeManifest(folder: string): string {
  const path = join(folder, 'documents.json');
  const { document } = operations.small;
  writeFileSync(path, JSON.stringify({ [documentId(document)]: document }));
  return path;
}
