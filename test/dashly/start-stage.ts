/** Starts a scripted Dashly and a complete gateway in front of it, for most tests of this folder. */

import { expect } from 'vitest';
import { type GraphQLAnswer, post, reply } from '../support/gateway/reply.ts';
import { type LoggedGateway, startGateway, type TestGateway } from '../support/gateway/start-gateway.ts';
import { type Respond, startUpstream, type Upstream } from '../support/upstream/start-upstream.ts';

export interface Stage {
  readonly gateway: LoggedGateway;
  readonly upstream: Upstream;
}

export async function startStage(
  respond?: Respond,
  environment: Record<string, string> = {},
): Promise<Stage> {
  const upstream = await startUpstream(respond);
  const gateway = await startGateway({ DASHLY_API_URL: upstream.url, ...environment });
  return { gateway, upstream };
}

let callers = 0;

/**
 * Replies twice with one document: graphql-js executes it, then it is compiled. Both results must be equal. Each call uses a new token,
 * since a 429 makes a token wait.
 */
export async function replyBothWays(
  gateway: Pick<TestGateway, 'url'>,
  input: object | string,
  selection?: string,
  headers?: Record<string, string>,
): Promise<GraphQLAnswer['body']> {
  const asAnother = () => ({ authorization: `Token caller-${callers++}`, ...headers });
  const executed = await reply(gateway, input, selection, asAnother());
  const compiled = await reply(gateway, input, selection, asAnother());
  expect(compiled).toEqual(executed);
  return executed;
}

let documents = 0;

/** Posts a document twice: graphql-js executes it when it is new, then it is cached and compiled. Both results must be equal. */
export async function postBothWays(
  gateway: Pick<TestGateway, 'url'>,
  query: string,
  variables?: object | string,
  headers?: Record<string, string>,
): Promise<GraphQLAnswer> {
  const document = `${query}\n# ${documents++}`;
  const executed = await post(gateway, document, variables, headers);
  const compiled = await post(gateway, document, variables, headers);
  expect({ status: compiled.status, text: compiled.text }).toEqual({
    status: executed.status,
    text: executed.text,
  });
  return executed;
}
