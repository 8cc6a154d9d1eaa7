/** An operation of a valid document: its limits, its variables, and its execution. */

import {
  type DocumentNode,
  type ExecutionResult,
  execute,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import { readResponseMaxBytes, replyResponseMaxBytes } from '../../conversation/reply-limits.ts';
import type { CompiledOperation, CompileOperation } from '../../executor/compile.ts';
import type { Variables } from '../../executor/variables.ts';
import { type AnswerMeasures, measureAnswer } from '../../graphql/answer-size.ts';
import { type CoercedVariables, coerceVariables } from '../../graphql/coerce-variables.ts';
import type { GraphQLContext } from '../../graphql/context.ts';
import { BadRequest } from '../endpoint/errors.ts';
import { tooMany } from './document-limits.ts';

/** The maximum size of a response. */
const maxAnswerBytes = 32 * 1024 * 1024;

const maxIntrospections = 3;

/** The memory of an operation, with the functions that coerce its variables. */
export const bytesPerOperation = 3_000;
/** A larger document may be evicted from the cache while it is executed; the package's operations have at most 70,000. */
const largeDocumentBytes = 256 * 1024;
/** A planned field: 160 (many fields on a type) to 250. */
const bytesPerField = 250;

export interface OperationParts {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly definition: OperationDefinitionNode;
  readonly compile: CompileOperation<GraphQLContext>;
  /** Whether errors must not suggest names of the schema. */
  readonly hidesSuggestions: boolean;
  /** The estimated memory of the document. */
  readonly documentBytes: () => number;
  /** Called with the number of bytes when the operation uses more memory. */
  readonly grow: (bytes: number) => void;
}

export class Operation {
  readonly #parts: OperationParts;
  readonly #measures: AnswerMeasures;
  #wasExecuted = false;
  #compiled: CompiledOperation<GraphQLContext> | null = null;

  constructor(parts: OperationParts) {
    this.#parts = parts;
    this.#measures = measureAnswer(parts.document, parts.definition);
  }

  get definition(): OperationDefinitionNode {
    return this.#parts.definition;
  }

  /** Null if it has none. */
  get name(): string | null {
    return this.#parts.definition.name?.value ?? null;
  }

  /** The memory that an execution keeps besides its request: the document, unless the cache keeps it anyway. */
  get heldBytes(): number {
    const bytes = this.#parts.documentBytes();
    return this.#wasExecuted && bytes <= largeDocumentBytes ? 0 : bytes;
  }

  /** Why it must not be executed for parameters of `requestBytes`; null if it may. */
  refusal(requestBytes: number): BadRequest | null {
    const { copies, readCopies, introspections } = this.#measures;
    if (introspections > maxIntrospections) {
      return tooMany(`has more than ${maxIntrospections} introspections in one operation`);
    }
    const replyBytes = copies * replyResponseMaxBytes(requestBytes);
    if (replyBytes + readCopies * readResponseMaxBytes > maxAnswerBytes) {
      return new BadRequest(
        `The response to this operation could be larger than ${maxAnswerBytes / 1024 / 1024} MiB; ` +
          'select each field once, or send fewer or smaller replies.',
      );
    }
    return null;
  }

  /** The compiled coercion accepts only correct variables; graphql-js finds the errors in others. */
  coerceVariables(variables: Variables): CoercedVariables {
    const coerced = this.#compiled?.coerceVariables(variables);
    if (coerced) return { coerced };
    const { schema, definition, hidesSuggestions: hideSuggestions } = this.#parts;
    return coerceVariables(schema, definition, variables, { hideSuggestions });
  }

  /** Executes it with graphql-js the first time, and compiles it for all others: compiling pays off from the second time on. */
  execute(context: GraphQLContext, variables: Variables): ExecutionResult | PromiseLike<ExecutionResult> {
    const { schema, document, definition, compile, grow } = this.#parts;
    if (this.#wasExecuted && !this.#compiled) {
      this.#compiled = compile(document, definition);
      grow(this.#compiled.fieldCount * bytesPerField);
    }
    this.#wasExecuted = true;
    if (this.#compiled) return this.#compiled.execute(context, variables);
    const operationName = definition.name?.value;
    return execute({ schema, document, operationName, contextValue: context, variableValues: variables });
  }
}
