/** Sets the stage for most tests of this room: a scripted Dashly, and a whole gateway in front of it. */

import { expect } from 'vitest';
import { type GraphQLAnswer, post, reply } from '../support/reply.ts';
import { startGateway, type TestGateway } from '../support/start-gateway.ts';
import { type Respond, startUpstream, type Upstream } from '../support/start-upstream.ts';

export interface Stage {
  readonly gateway: TestGateway;
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
 * Replies twice with one document: graphql-js executes it, then it is compiled. Both have to say the same. Each time it is
 * another caller, since one that was told to wait is kept to it.
 */
export async function replyBothWays(
  gateway: TestGateway,
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

/** Posts a document twice: new, so that graphql-js executes it, then known and compiled. Both have to say the same. */
export async function postBothWays(
  gateway: TestGateway,
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
