/** What an application asks of a GraphQL client, so that all of them can stand in one table. */

import type { TypedDocumentNode } from '@graphql-typed-document-node/core';

/** What the application learns of one operation: a result, or an error in its place. */
export type Outcome<Data> =
  | { readonly data: Data; readonly error?: never }
  | {
      readonly data?: never;
      readonly error: Error;
      /** What the gateway said, as far as the client hands it on. */
      readonly said: string;
    };

export interface SendOptions {
  /** Cancels the operation, in whatever way the client has for it. */
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
