/** Remembers documents that were found valid, and compiles those that come again. */

import type { DocumentNode, GraphQLSchema } from 'graphql';
import { LRUCache } from 'lru-cache';
import { type CompiledOperation, compileOperation } from '../graphql/compile-operation.ts';

/** In characters of the documents' text: enough for those of some hundred clients, at some 50 bytes of memory each. */
const maxCharacters = 1_000_000;

/** Even the shortest document takes what 2,000 characters of a long one do. */
export function documentSize(text: string): number {
  return text.length + 2_000;
}

interface Prepared {
  readonly document: DocumentNode;
  /** By the operation's name. */
  readonly operations: Map<string | undefined, CompiledOperation>;
}

export class PreparedOperations {
  readonly #schema: GraphQLSchema;
  readonly #documents = new LRUCache<string, Prepared>({
    maxSize: maxCharacters,
    sizeCalculation: (_prepared, query) => documentSize(query),
  });

  constructor(schema: GraphQLSchema) {
    this.#schema = schema;
  }

  /** To be called with documents that passed validation and every limit. */
  remember(query: string, document: DocumentNode): void {
    if (!this.#documents.has(query)) this.#documents.set(query, { document, operations: new Map() });
  }

  /** The operation of a remembered document, or null. It is compiled here: a document that comes once is not worth it. */
  get(query: string, operationName: string | undefined): CompiledOperation | null {
    const prepared = this.#documents.get(query);
    if (!prepared) return null;
    const known = prepared.operations.get(operationName);
    if (known) return known;
    const compiled = compileOperation(this.#schema, prepared.document, operationName);
    // Names come from the request: only those that exist may take up memory.
    if (compiled) prepared.operations.set(operationName, compiled);
    return compiled;
  }
}
