/** Parses, limits and validates the documents of clients, and caches the valid ones; compiles those that are sent again. */

import {
  type DocumentNode,
  execute,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  Kind,
  Location,
  NoSchemaIntrospectionCustomRule,
  type OperationDefinitionNode,
  specifiedRules,
  type ValidationRule,
  validate,
} from 'graphql';
import { LRUCache } from 'lru-cache';
import { replyResponseMaxBytes } from '../../conversation/reply-limits.ts';
import {
  type CompiledOperation,
  type CompileOperation,
  createCompileOperation,
} from '../../executor/compile.ts';
import { type AnswerMeasures, measureAnswer } from '../../graphql/answer-size.ts';
import type { GraphQLContext } from '../../graphql/context.ts';
import { type DocumentLimits, parseWithinLimits, tooMany } from './document-limits.ts';
import { BadRequest } from './errors.ts';

export interface DocumentsOptions {
  readonly schema: GraphQLSchema;
  readonly limits: DocumentLimits;
  /** Whether introspection is enabled; if not, errors do not suggest names of the schema either. */
  readonly hasIntrospection: boolean;
}

/**
 * The size of the cache in bytes: about 25 documents that select everything, or 75 with small replies. It is small on purpose: V8 moves
 * cached documents to its old generation, where evicted ones stay until a full collection. 400 documents of 3,000 tokens added 30 MB
 * of resident memory with this size, and 85 MB with four times as much.
 */
const maxBytes = 2 * 1024 * 1024;

/*
 * Estimates of the memory in the cache, measured as the heap after a full collection. They exceed most measurements: if an estimate is
 * too high, documents are only parsed again.
 */

/** A token with its share of the parsed nodes: 90 (punctuators) to 320 (fields with long names). */
const bytesPerToken = 300;
/** The text as a key and the strings of its nodes: up to two bytes per character each. */
const bytesPerCharacter = 4;
/** A cached response, in V8's two-byte strings. */
const bytesPerAnswerCharacter = 2;
const bytesPerDocument = 2_500;
/** Includes the functions that coerce its variables. */
const bytesPerOperation = 3_000;
/** A planned field: 160 (many fields on a type) to 250. */
const bytesPerField = 250;

/** Further errors cost time and add little. */
const maxErrors = 3;

/** The maximum size of a response. */
const maxAnswerBytes = 32 * 1024 * 1024;

const maxIntrospections = 3;

/** The cache of checked documents, with their plans and constant responses. Refused and invalid documents are not cached. */
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
    this.#rules = [
      ...specifiedRules,
      knownOperationTypeRule,
      ...(options.hasIntrospection ? [] : [NoSchemaIntrospectionCustomRule, noServiceRule]),
    ];
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
    const { schema, limits } = this.#options;
    const document = parseWithinLimits(text, limits);
    const errors = this.#validate(document);
    const checked = new CheckedDocument({
      schema,
      document,
      errors,
      textLength: text.length,
      compile: this.#compile,
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
    const { schema, document, compile } = this.#parts;
    const grow = (bytes: number): void => this.#grow(bytes);
    const operation = new Operation({ schema, document, definition, compile, grow });
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

interface OperationParts extends Pick<CheckedDocumentParts, 'schema' | 'document' | 'compile'> {
  readonly definition: OperationDefinitionNode;
  /** Called with the number of bytes when the operation uses more memory. */
  readonly grow: (bytes: number) => void;
}

/** An operation of a valid document. */
export class Operation {
  readonly #parts: OperationParts;
  readonly #measures: AnswerMeasures;
  #compiled: CompiledOperation<GraphQLContext> | null = null;
  #constantAnswer: string | null = null;

  constructor(parts: OperationParts) {
    this.#parts = parts;
    this.#measures = measureAnswer(parts.document, parts.definition);
  }

  get definition(): OperationDefinitionNode {
    return this.#parts.definition;
  }

  /** Why it must not be executed for parameters of `requestBytes`; null if it may. */
  refusal(requestBytes: number): BadRequest | null {
    const { copies, introspections } = this.#measures;
    if (introspections > maxIntrospections) {
      return tooMany(`asks for the schema more than ${maxIntrospections} times in one operation`);
    }
    if (copies * replyResponseMaxBytes(requestBytes) > maxAnswerBytes) {
      return new BadRequest(
        `The response to this operation could be larger than ${maxAnswerBytes / 1024 / 1024} MiB; ` +
          'select each field once, or send fewer or smaller replies.',
      );
    }
    return null;
  }

  /** Compiles on first use, since compiling an operation that is sent only once does not pay off. */
  compiled(): CompiledOperation<GraphQLContext> {
    if (this.#compiled) return this.#compiled;
    const { compile, document, definition, grow } = this.#parts;
    this.#compiled = compile(document, definition);
    grow(this.#compiled.fieldCount * bytesPerField);
    return this.#compiled;
  }

  /** The response in JSON if it is the same for every request (introspection without variables); otherwise null. */
  constantAnswer(): string | null {
    if (this.#constantAnswer !== null) return this.#constantAnswer;
    const { schema, document, definition, grow } = this.#parts;
    const isConstant =
      !definition.variableDefinitions?.length &&
      [...this.#measures.rootFields].every((name) => introspectionFields.has(name));
    if (!isConstant) return null;
    const result = execute({ schema, document, operationName: definition.name?.value });
    if ('then' in result || result.errors) return null;
    this.#constantAnswer = JSON.stringify(result);
    grow(this.#constantAnswer.length * bytesPerAnswerCharacter);
    return this.#constantAnswer;
  }
}

const introspectionFields: ReadonlySet<string> = new Set(['__schema', '__type', '__typename']);

/** graphql-js reports this only at execution, which leads to status 200. */
const knownOperationTypeRule: ValidationRule = (context) => ({
  OperationDefinition(node) {
    if (context.getSchema().getRootType(node.operation)) return;
    const message = `The schema has no ${node.operation} type; send a query or a mutation.`;
    context.reportError(new GraphQLError(message, { nodes: node }));
  },
});

/** This field returns the whole schema, for the composer of a federation router. */
const noServiceRule: ValidationRule = (context) => ({
  Field(node) {
    if (node.name.value !== '_service') return;
    const message = 'Introspection is disabled, so the field "_service" is not available.';
    context.reportError(new GraphQLError(message, { nodes: node }));
  },
});

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
