/** The script of a page that replies through urql and Apollo Client; the tests call its functions. */

import { ReplyDocument, SendAttachmentDocument } from '../../schema/documents.ts';
import { describeResult } from './describe-result.ts';
import { createApolloClient } from './libraries/apollo-client.ts';
import { createUrqlClient } from './libraries/urql-client.ts';

export interface PageRequest {
  readonly client: 'urql' | 'apollo';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly conversationId: string;
}

/** A result that a test can read from the page. */
export type PageAnswer =
  | { readonly result: readonly unknown[] }
  | { readonly said: string; readonly message: string };

declare global {
  interface Window {
    reply(request: PageRequest): Promise<PageAnswer>;
    /** Sends the file of the page's `<input type=file>`. */
    upload(request: PageRequest): Promise<PageAnswer>;
  }
}

const creators = { urql: createUrqlClient, apollo: createApolloClient };

window.reply = async ({ client, url, headers, conversationId }) => {
  const input = { conversationId, body: 'From a page' };
  const outcome = await creators[client](url, headers).send(ReplyDocument, { input });
  if (outcome.error) return { said: outcome.said, message: outcome.error.message };
  return { result: describeResult(outcome.data.replyToConversation) };
};

window.upload = async ({ client, url, headers, conversationId }) => {
  const [file] = document.querySelector('input')?.files ?? [];
  if (!file) throw new Error('No file was chosen.');
  const variables = { conversationId, from: { adminId: '8164' }, file };
  const outcome = await creators[client](url, headers).send(SendAttachmentDocument, variables);
  if (outcome.error) return { said: outcome.said, message: outcome.error.message };
  return { result: [outcome.data.replyToConversation.__typename] };
};
