/** Remembers documents that were found valid, and compiles those that come again. */

import type { DocumentNode, GraphQLSchema } from 'graphql';
import { LRUCache } from 'lru-cache';
import { type CompiledOperation, compileOperation } from '../graphql/compile-operation.ts';

/** Enough for every document of some hundred clients; in characters of their text. */
const maxCharacters = 4_000_000;

interface Prepared {
  readonly document: DocumentNode;
  /** By the operation's name; null where there is none of that name, or none that can be compiled. */
  readonly operations: Map<string | undefined, CompiledOperation | null>;
}

export class PreparedOperations {
  readonly #schema: GraphQLSchema;
  readonly #documents = new LRUCache<string, Prepared>({
    maxSize: maxCharacters,
    sizeCalculation: (_prepared, query) => query.length + 1,
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
    if (known !== undefined) return known;
    const compiled = compileOperation(this.#schema, prepared.document, operationName);
    // Names come from the request: those that do not exist must not take up memory without end.
    if (prepared.operations.size <= prepared.document.definitions.length) {
      prepared.operations.set(operationName, compiled);
    }
    return compiled;
  }
}
