/** Sends replies with an `idempotencyKey`, and reads the exact responses. */

import {
  type GraphQLOutputType,
  type GraphQLUnionType,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isInterfaceType,
} from 'graphql';
import { schema } from '../../../src/graphql/schema.ts';
import { file, form, map, operations } from '../multipart-body.ts';
import { answerReply, type Respond, type UpstreamRequest } from '../upstream/start-upstream.ts';
import { RawClient, sendForm } from './raw-client.ts';
import { type GraphQLAnswer, post } from './reply.ts';
import type { TestGateway } from './start-gateway.ts';

/** A selection of every field of a type, with braces. */
function selectAll(type: GraphQLOutputType): string {
  const named = getNamedType(type);
  if (!isCompositeType(named)) return '';
  // `parts` are recursive, and no part of the outcome.
  const fields =
    'getFields' in named ? Object.values(named.getFields()).filter(({ name }) => name !== 'parts') : [];
  const members = isAbstractType(named) && !isInterfaceType(named) ? schema.getPossibleTypes(named) : [];
  const selections = [
    '__typename',
    ...fields.map((field) => `${aliasOf(named.name, field.name)}${field.name} ${selectAll(field.type)}`),
    ...members.map((member) => `... on ${member.name} ${selectAll(member)}`),
  ];
  return `{ ${selections.join(' ')} }`;
}

/** Two failures have a `reason`, whose types cannot be merged. */
function aliasOf(typeName: string, fieldName: string): string {
  return typeName === 'GatewayUnavailableError' && fieldName === 'reason' ? 'gatewayReason: ' : '';
}

/** Every field of the result, for all its types. */
export const everyField = selectAll(schema.getType('ReplyToConversationResult') as GraphQLUnionType);

/** The member, the delivery and whether it is a replay. */
const gist = `{
  __typename
  ... on ReplyToConversationPayload { replayed part { id body } }
  ... on ReplyError { delivery }
  ... on InvalidReplyError { issues { path } }
  ... on DashlyUnavailableError { reason }
  ... on GatewayUnavailableError { gatewayReason: reason }
}`;

const mutation = (selection: string) => `mutation ($input: ReplyToConversationInput!) {
  replyToConversation(input: $input) ${selection}
}`;

export const sent = { __typename: 'ReplyToConversationPayload', replayed: false };
export const replay = { ...sent, replayed: true };
export const conflict = { __typename: 'IdempotencyConflictError', delivery: 'UNKNOWN' };
export const storeUnreachable = {
  __typename: 'GatewayUnavailableError',
  delivery: 'UNKNOWN',
  gatewayReason: 'STORE_UNREACHABLE',
};
export const unknown = { __typename: 'DashlyUnavailableError', delivery: 'UNKNOWN' };

export const input = { conversationId: '7', body: 'Hello', idempotencyKey: 'key-1' };

export interface SendOptions {
  readonly selection?: string;
  readonly headers?: Record<string, string>;
}

/** `more` are further fields of the input, or the text of the whole input. */
export async function sendText(
  gateway: TestGateway,
  more: object | string = {},
  { selection = gist, headers = {} }: SendOptions = {},
): Promise<GraphQLAnswer> {
  const text = typeof more === 'string' ? more : JSON.stringify({ ...input, ...more });
  return post(gateway, mutation(selection), `{ "input": ${text} }`, headers);
}

/** Resolves to the member of the union. */
export async function send(
  gateway: TestGateway,
  more: object | string = {},
  options: SendOptions = {},
): Promise<GraphQLAnswer['body']> {
  return resultOf(await sendText(gateway, more, options));
}

export interface FileToSend {
  readonly content?: string | Buffer;
  readonly name?: string;
  readonly type?: string | null;
  /** In the input. */
  readonly fileName?: string | null;
}

/** The body of a request with a file. */
export function formWith(
  { content = 'bytes', name = 'a.txt', type = 'text/plain', fileName = null }: FileToSend,
  more: object = {},
  selection = gist,
): Buffer {
  const variables = { input: { ...input, ...more, attachment: { file: null, fileName } } };
  const disposition = `; filename="${name}"`;
  return form(operations(variables, mutation(selection)), map(), file(content, { disposition, type }));
}

export async function sendFile(
  gateway: TestGateway,
  fileToSend: FileToSend = {},
  more: object = {},
  { selection, headers }: SendOptions = {},
): Promise<GraphQLAnswer['body']> {
  return resultOf(await sendForm(gateway.origin, formWith(fileToSend, more, selection), headers));
}

function resultOf({ text, body }: Pick<GraphQLAnswer, 'text' | 'body'>): GraphQLAnswer['body'] {
  if (!body?.data || body.errors) throw new Error(text);
  return body.data.replyToConversation;
}

/** Sends a reply without waiting for the response. */
export async function sendAndListen(
  gateway: TestGateway,
  more: object = {},
  headers: Record<string, string> = {},
): Promise<RawClient> {
  const client = new RawClient(gateway.origin);
  const body = JSON.stringify({ query: mutation(gist), variables: { input: { ...input, ...more } } });
  const all = {
    host: 'gateway',
    authorization: 'Token sandbox',
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(body)),
    ...headers,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  await client.write(`POST /graphql HTTP/1.1\r\n${lines.join('')}\r\n${body}`);
  return client;
}

let parts = 0;

/** Responds as documented, with a new part and the `body` of the request. */
export const answerAsAsked: Respond = (response, request) => {
  answerReply({ id: String(++parts), body: bodyOf(request) })(response, request);
};

/** The text of the reply that the upstream received. */
export function bodyOf({ body, fields }: UpstreamRequest): string {
  const field = fields.find(([name]) => name === 'body')?.[1];
  return field ?? /name="body"\r\n\r\n(.*?)\r\n/.exec(body)?.[1] ?? '';
}

/** An upstream that holds its responses until they are released. */
export class HeldAnswers {
  readonly #held: (() => void)[] = [];
  #respond: Respond | null = null;

  /** For `startUpstream`. */
  readonly respond: Respond = (response, request) => {
    if (this.#respond) this.#respond(response, request);
    else this.#held.push(() => (this.#respond ?? answerAsAsked)(response, request));
  };

  get waiting(): number {
    return this.#held.length;
  }

  /** Sends all responses, and further ones at once. */
  release(respond: Respond = answerAsAsked): void {
    this.#respond = respond;
    for (const give of this.#held.splice(0)) give();
  }
}
