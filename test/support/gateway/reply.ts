/** Sends `replyToConversation` as a client does. */

import type { TestGateway } from './start-gateway.ts';

export interface GraphQLAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** The text of the response, in which numbers have all their digits. */
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of any shape
  readonly body: any;
}

/** Everything that a client can select of a result. */
export const everything = `
  __typename
  ... on ReplyToConversationPayload {
    part { ...OfPart attachments { id filename mimeType size url createdAt } }
    assignPart { ...OfPart assignee { id name avatar type } }
  }
  ... on ReplyError { message delivery }
  ... on ReplyTooBigError { bodyLength }
  ... on InvalidReplyError { issues { path message } }
  ... on TooManyRequestsError { retryAfterSeconds }
  ... on AttachmentTooBigError { maxBytes }
  ... on DashlyRejectedError { status code }
  ... on DashlyUnavailableError { reason }
`;

const ofPart = `
  fragment OfPart on Part {
    __typename id conversation { id } partGroup type direction sentVia
    from { __typename ... on Admin { id name avatar type } ... on DefaultAdmin { name avatar } ... on User { id } }
    body bodyJson metaData replyType
    actions { __typename ... on QuickReply { body metaData } ... on OtherAction { type data } }
    externalId createdAt editedAt removedAt
  }
`;

/** The JSON of a request; `variables` may be a JSON text for numbers that JavaScript cannot represent. */
export async function post(
  gateway: Pick<TestGateway, 'url'>,
  query: string,
  variables: object | string = {},
  headers: Record<string, string> = {},
): Promise<GraphQLAnswer> {
  const variablesText = typeof variables === 'string' ? variables : JSON.stringify(variables);
  const response = await fetch(gateway.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Token sandbox', ...headers },
    body: `{"query": ${JSON.stringify(query)}, "variables": ${variablesText}}`,
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: JSON.parse(text) };
}

/** Sends a reply with this input (an object or a JSON text) and returns its result: a member of the union. */
export async function reply(
  gateway: Pick<TestGateway, 'url'>,
  input: object | string,
  selection = everything,
  headers: Record<string, string> = {},
): Promise<GraphQLAnswer['body']> {
  const query = `mutation Reply($input: ReplyToConversationInput!) {
    replyToConversation(input: $input) { ${selection} }
  } ${selection.includes('...OfPart') ? ofPart : ''}`;
  const variables = typeof input === 'string' ? `{"input": ${input}}` : { input };
  const { body, text } = await post(gateway, query, variables, headers);
  if (body.errors) throw new Error(text);
  return body.data.replyToConversation;
}
