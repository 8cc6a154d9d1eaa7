/** The type of a parsed document with its variables and its result. */

import type { DocumentNode } from 'graphql';
import type { DocumentMeta } from './typed-document-string.ts';

/** As clients expect it: `TypedDocumentNode` of `@graphql-typed-document-node/core`, without that package. */
export interface TypedDocument<Result, Variables> extends DocumentNode {
  /** A type only. */
  readonly __apiType?: (variables: Variables) => Result;
  readonly __meta__: DocumentMeta;
}
