/** What an application needs from a GraphQL client, so that one table covers all clients. */

import type { TypedDocumentNode } from '@graphql-typed-document-node/core';

/** The outcome of one operation for the application: a result or an error. */
export type Outcome<Data> =
  | { readonly data: Data; readonly error?: never }
  | {
      readonly data?: never;
      readonly error: Error;
      /** The gateway's message, as far as the client exposes it. */
      readonly said: string;
    };

export interface SendOptions {
  /** Cancels the operation by the client's own means. */
  readonly signal?: AbortSignal | undefined;
}

export interface Client {
  send<Data extends object, Variables extends Record<string, unknown>>(
    document: TypedDocumentNode<Data, Variables>,
    variables: Variables,
    options?: SendOptions,
  ): Promise<Outcome<Data>>;
}

export type CreateClient = (url: string, headers: Readonly<Record<string, string>>) => Client;
