/** Parses, limits and validates the documents of clients, and caches the valid ones. */

import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  Kind,
  Location,
  type ValidationRule,
  validate,
} from 'graphql';
import { LRUCache } from 'lru-cache';
import { type CompileOperation, createCompileOperation } from '../../executor/compile.ts';
import type { GraphQLContext } from '../../graphql/context.ts';
import { type DocumentLimits, parseWithinLimits, tooMany } from './document-limits.ts';
import { bytesPerOperation, Operation } from './operation.ts';
import { validationRules } from './validation-rules.ts';

export interface DocumentsOptions {
  readonly schema: GraphQLSchema;
  readonly limits: DocumentLimits;
  /** Whether introspection is enabled; if not, errors do not suggest names of the schema either. */
  readonly hasIntrospection: boolean;
}

/**
 * The size of the cache in bytes: about 25 documents that select everything, or 75 with small replies. It is small on purpose: V8 frees
 * evicted documents only in a full garbage collection. 400 documents of 3,000 tokens add 30 MB of resident memory with this size, and
 * 85 MB with four times as much.
 */
const maxBytes = 2 * 1024 * 1024;

/*
 * Estimates of the memory in the cache (those of an operation are in operation.ts), measured as the heap after a full collection. They
 * exceed most measurements: if an estimate is too high, documents are only parsed again.
 */

/** A token with its share of the parsed nodes: 90 (punctuators) to 320 (fields with long names). */
const bytesPerToken = 300;
/** The text as a key and the strings of its nodes: up to two bytes per character each. */
const bytesPerCharacter = 4;
const bytesPerDocument = 2_500;

/** Further errors cost time and add little. */
const maxErrors = 3;

/** The cache of checked documents, with their plans. Refused and invalid documents are not cached. */
export class Documents {
  readonly #options: DocumentsOptions;
  readonly #rules: readonly ValidationRule[];
  readonly #compile: CompileOperation<GraphQLContext>;
  readonly #cache = new LRUCache<string, CheckedDocument>({
    maxSize: maxBytes,
    sizeCalculation: ({ bytes }) => bytes,
  });

  constructor(options: DocumentsOptions) {
    this.#options = options;
    this.#rules = validationRules(options.hasIntrospection);
    this.#compile = createCompileOperation(options.schema);
  }

  /** Returns a valid document that was checked before. */
  find(text: string): CheckedDocument | undefined {
    return this.#cache.get(text);
  }

  /** @throws BadRequest if the document exceeds a limit; GraphQLError if its syntax is wrong. */
  check(text: string): CheckedDocument {
    const known = this.#cache.get(text);
    if (known) return known;
    const { schema, limits, hasIntrospection } = this.#options;
    const document = parseWithinLimits(text, limits);
    const errors = this.#validate(document);
    const checked = new CheckedDocument({
      schema,
      document,
      errors,
      textLength: text.length,
      compile: this.#compile,
      hidesSuggestions: !hasIntrospection,
      onGrowth: () => void this.#cache.set(text, checked),
    });
    if (errors.length === 0) {
      compact({ document });
      this.#cache.set(text, checked);
    }
    return checked;
  }

  #validate(document: DocumentNode): readonly GraphQLError[] {
    const { schema, hasIntrospection } = this.#options;
    const errors = validate(schema, document, this.#rules, { maxErrors, hideSuggestions: !hasIntrospection });
    if (errors.some(({ message }) => message === 'Validation aborted.'))
      throw tooMany('has too many fields of the same name');
    return hasIntrospection ? errors : errors.map(withoutSuggestion);
  }
}

interface CheckedDocumentParts {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly errors: readonly GraphQLError[];
  readonly textLength: number;
  readonly compile: CompileOperation<GraphQLContext>;
  /** Whether errors must not suggest names of the schema. */
  readonly hidesSuggestions: boolean;
  /** Called when the document uses more memory. */
  readonly onGrowth: () => void;
}

/** A document within the limits. */
export class CheckedDocument {
  readonly #parts: CheckedDocumentParts;
  readonly #operations = new Map<string | undefined, Operation>();
  #bytes: number;

  constructor(parts: CheckedDocumentParts) {
    this.#parts = parts;
    this.#bytes =
      bytesPerDocument +
      parts.textLength * bytesPerCharacter +
      (parts.document.tokenCount ?? 0) * bytesPerToken;
  }

  get document(): DocumentNode {
    return this.#parts.document;
  }

  /** The errors of validation. */
  get errors(): readonly GraphQLError[] {
    return this.#parts.errors;
  }

  /** The estimated memory. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Returns an operation of a valid document, or null if it has none with that name. */
  operation(name: string | undefined): Operation | null {
    const known = this.#operations.get(name);
    if (known) return known;
    const definition = getOperationAST(this.document, name);
    if (!definition) return null;
    const { schema, document, compile, hidesSuggestions } = this.#parts;
    const grow = (bytes: number): void => this.#grow(bytes);
    const documentBytes = (): number => this.#bytes;
    const parts = { schema, document, definition, compile, hidesSuggestions, documentBytes, grow };
    const operation = new Operation(parts);
    // Names are input of the client: only existing ones are cached.
    this.#operations.set(name, operation);
    this.#grow(bytesPerOperation);
    return operation;
  }

  #grow(bytes: number): void {
    this.#bytes += bytes;
    this.#parts.onGrowth();
  }
}

/** `hideSuggestions` does not remove the suggestion how to select the fields of an object. */
function withoutSuggestion(error: GraphQLError): GraphQLError {
  const message = error.message.replace(/ Did you mean .*\?$/s, '');
  return message === error.message ? error : new GraphQLError(message, { nodes: error.nodes ?? null });
}

/** Removes what neither execution nor error locations need: above all, the tokens. */
function compact(node: Record<string, unknown>): void {
  for (const name of Object.keys(node)) {
    const value = node[name];
    if (value instanceof Location) {
      node[name] = { start: value.start, end: value.end, source: value.source };
    } else if (Array.isArray(value) && value.length === 0) {
      node[name] = none;
    } else if (typeof value === 'string' && node['kind'] === Kind.STRING) {
      // V8 stores a string with escapes as a tree of its parts, with up to 17 bytes per character. A copy is flat.
      if (name === 'value') node[name] = Buffer.from(value).toString();
    } else if (typeof value === 'object' && value !== null) {
      compact(value as Record<string, unknown>);
    }
  }
}

const none: readonly never[] = Object.freeze([]);
