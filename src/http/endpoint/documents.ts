/** The documents that clients send: parsed, checked against all limits, validated, and compiled if they come again. */

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
  /** Whether callers may ask for the schema; if not, errors do not suggest names of it either. */
  readonly hasIntrospection: boolean;
}

/**
 * What the cache may hold, in bytes: some 25 documents that select everything, or 75 of small replies. It is small on purpose. V8 moves
 * what stays for a few requests to its old generation, where different documents one after the other leave garbage: 400 of 3,000
 * tokens added 30 MB of resident memory with this budget, and 85 MB with four times as much.
 */
const maxBytes = 2 * 1024 * 1024;

/*
 * What it holds, measured as the heap after a full collection. The figures lie above most of what was measured: a budget that is
 * too small only makes documents be parsed again.
 */

/** A token with its share of the nodes that were parsed of it: 90 (signs) to 320 (fields with long names). */
const bytesPerToken = 300;
/** The text as a key, and the strings in it: up to two bytes each. */
const bytesPerCharacter = 4;
/** An answer that is kept, in V8's wider form for texts. */
const bytesPerAnswerCharacter = 2;
const bytesPerDocument = 2_500;
/** With the functions that coerce its variables. */
const bytesPerOperation = 3_000;
/** A planned field: 160 (many fields on a type) to 250. */
const bytesPerField = 250;

/** Each further error costs time, and says little that the first ones do not. */
const maxErrors = 3;

/** In all answers to one operation. */
const maxAnswerBytes = 32 * 1024 * 1024;

const maxIntrospections = 3;

/** One cache for all that is kept of documents. Those that are refused or invalid are not kept. */
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

  /** A valid document that was checked before. */
  find(text: string): CheckedDocument | undefined {
    return this.#cache.get(text);
  }

  /** @throws BadRequest if the document is beyond a limit; GraphQLError if its syntax is wrong. */
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
      throw tooMany('has too many fields of one name, each of which is compared with each other');
    return hasIntrospection ? errors : errors.map(withoutSuggestion);
  }
}

interface CheckedDocumentParts {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly errors: readonly GraphQLError[];
  readonly textLength: number;
  readonly compile: CompileOperation<GraphQLContext>;
  /** Called if it holds more than before. */
  readonly onGrowth: () => void;
}

/** A document that is within the limits. */
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

  /** What validation found. */
  get errors(): readonly GraphQLError[] {
    return this.#parts.errors;
  }

  /** How much memory it holds. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The operation of a valid document, or null if it has none of that name. */
  operation(name: string | undefined): Operation | null {
    const known = this.#operations.get(name);
    if (known) return known;
    const definition = getOperationAST(this.document, name);
    if (!definition) return null;
    const { schema, document, compile } = this.#parts;
    const grow = (bytes: number): void => this.#grow(bytes);
    const operation = new Operation({ schema, document, definition, compile, grow });
    // Names come from the request: only those that exist are kept.
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
  /** To be called if it holds more than before, with how much. */
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

  /** Why it must not be executed for a request with so many bytes of parameters, or null. */
  refusal(requestBytes: number): BadRequest | null {
    const { copies, introspections } = this.#measures;
    if (introspections > maxIntrospections) {
      return tooMany(`asks for the schema more than ${maxIntrospections} times in one operation`);
    }
    if (copies * replyResponseMaxBytes(requestBytes) > maxAnswerBytes) {
      return new BadRequest(
        `The answer to this operation could be larger than ${maxAnswerBytes / 1024 / 1024} MiB; ` +
          'select each field under one name, or send fewer or smaller replies.',
      );
    }
    return null;
  }

  /** Compiled when it is first asked for: an operation that comes once is not worth it. */
  compiled(): CompiledOperation<GraphQLContext> {
    if (this.#compiled) return this.#compiled;
    const { compile, document, definition, grow } = this.#parts;
    this.#compiled = compile(document, definition);
    grow(this.#compiled.fieldCount * bytesPerField);
    return this.#compiled;
  }

  /** The answer in JSON if it is the same for every request: that of an introspection without variables. Null for any other. */
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

/** Otherwise graphql-js finds out when it executes the operation, which is answered 200. */
const knownOperationTypeRule: ValidationRule = (context) => ({
  OperationDefinition(node) {
    if (context.getSchema().getRootType(node.operation)) return;
    const message = `The schema has no ${node.operation} type; send a query or a mutation.`;
    context.reportError(new GraphQLError(message, { nodes: node }));
  },
});

/** A federation router's composer reads the whole schema by this field. */
const noServiceRule: ValidationRule = (context) => ({
  Field(node) {
    if (node.name.value !== '_service') return;
    const message = 'Introspection is off, so there is no field "_service".';
    context.reportError(new GraphQLError(message, { nodes: node }));
  },
});

/** `hideSuggestions` leaves in a suggestion how to select the fields of an object. */
function withoutSuggestion(error: GraphQLError): GraphQLError {
  const message = error.message.replace(/ Did you mean .*\?$/s, '');
  return message === error.message ? error : new GraphQLError(message, { nodes: error.nodes ?? null });
}

/** Drops what is not needed to execute a document or to locate its errors: most of all the tokens that it was parsed from. */
function compact(node: Record<string, unknown>): void {
  for (const name of Object.keys(node)) {
    const value = node[name];
    if (value instanceof Location) {
      node[name] = { start: value.start, end: value.end, source: value.source };
    } else if (Array.isArray(value) && value.length === 0) {
      node[name] = none;
    } else if (typeof value === 'string' && node['kind'] === Kind.STRING) {
      // V8 keeps a string with escapes as the tree of its parts, up to 17 bytes for each character.
      if (name === 'value') node[name] = Buffer.from(value).toString();
    } else if (typeof value === 'object' && value !== null) {
      compact(value as Record<string, unknown>);
    }
  }
}

const none: readonly never[] = Object.freeze([]);
