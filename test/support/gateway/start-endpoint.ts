/** Starts the endpoint on its own port with a replacement for sending replies, and counts the requests to Yoga. */

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import type { ConversationPage } from '../../../src/conversation/reading/read-conversation.ts';
import { internalError } from '../../../src/conversation/reply-failures.ts';
import type { ReplyOutcome } from '../../../src/conversation/reply-outcome.ts';
import type { ReplyCommand } from '../../../src/conversation/sending/reply-command.ts';
import { schema as clientSchema } from '../../../src/graphql/schema.ts';
import { Admission, defaultLimits } from '../../../src/http/admission.ts';
import { createPassThrough } from '../../../src/http/auth/authenticate.ts';
import { Documents } from '../../../src/http/documents/documents.ts';
import { createCors } from '../../../src/http/endpoint/cors.ts';
import { createGraphQLEndpoint } from '../../../src/http/endpoint/endpoint.ts';
import { type CreateContext, createExecuteOperation } from '../../../src/http/endpoint/execute-operation.ts';
import { createExecuteWithYoga } from '../../../src/http/endpoint/yoga.ts';
import { InFlight } from '../../../src/http/in-flight.ts';
import { createReportRefusal } from '../../../src/http/report-refusal.ts';
import { createRequestListener } from '../../../src/http/router.ts';
import { createTrustedProxies } from '../../../src/http/trusted-proxies.ts';
import { sampleAssignPart, samplePart } from '../../conversation/sample-part.ts';

export interface TestEndpoint {
  readonly url: string;
  /** How many requests Yoga has received. */
  readonly yogaCalls: () => number;
  readonly logged: readonly { readonly message: string; readonly error: unknown }[];
  /** How many connections are open. */
  readonly connections: () => Promise<number>;
}

/** Returns the result of a reply instead of sending it. */
export type Answer = (command: ReplyCommand) => Promise<ReplyOutcome>;

/** What every conversation contains. */
const page: ConversationPage = {
  kind: 'page',
  parts: [samplePart({ id: '1' }), sampleAssignPart({ id: '2' })],
  hasOlder: true,
  hasNewer: false,
  oldest: '1',
  newest: '2',
};

/** Stops at the end of the test. */
export async function startEndpoint(answer: Answer, schema = clientSchema): Promise<TestEndpoint> {
  const logged: { message: string; error: unknown }[] = [];
  const logError = (message: string, error: unknown) => void logged.push({ message, error });
  const createContext: CreateContext = ({ requestId, signal }, upload) => ({
    signal,
    report: () => {},
    replyToConversation: async (command) => ({
      outcome: await answer(command),
      trace: { conversationId: command.draft.conversationId, randomId: null, idempotencyKey: null },
      isReplay: false,
      upstreamCall: null,
    }),
    failInternally(error, delivery) {
      logError(`Unexpected error in request ${requestId}.`, error);
      return internalError(requestId, delivery);
    },
    wholeRequest: upload?.whole ?? null,
    readConversation: async () => page,
    reserveMemory: () => true,
    limits: { attachmentMaxBytes: 1_000, readTimeoutMs: 1_000 },
  });
  const hasIntrospection = true;
  const documents = new Documents({ schema, limits: { maxReplies: 100 }, hasIntrospection });
  const executeOperation = createExecuteOperation(schema, createContext);
  const executeWithYoga = createExecuteWithYoga(schema, documents, executeOperation);
  const proxies = createTrustedProxies([]);
  const reportRefusal = createReportRefusal(proxies);
  let calls = 0;
  const graphql = createGraphQLEndpoint({
    sendPage: (_req, res) => void res.end('page'),
    authenticate: createPassThrough(),
    admission: new Admission({ ...defaultLimits, maxOperationsPerCaller: 512 }),
    applyCors: createCors([]),
    attachmentMaxBytes: 1_000,
    proxies,
    reportRefusal,
    logRefusal: () => {},
    resolveDocument: (params) => params,
    documents,
    executeOperation,
    executeWithYoga(params, read, request) {
      calls++;
      return executeWithYoga(params, read, request);
    },
    logError,
    inFlight: new InFlight(),
    refusesSimpleGets: false,
    observe: () => {},
  });
  const server = createServer(
    createRequestListener({ graphql, pages: new Map(), isReady: () => true, proxies, logError }),
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`,
    yogaCalls: () => calls,
    logged,
    connections: () =>
      new Promise((resolve, reject) => {
        server.getConnections((error, count) => (error ? reject(error) : resolve(count)));
      }),
  };
}
