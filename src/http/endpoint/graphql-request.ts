/** An authenticated request to the endpoint, and what is read from it. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ExecutionResult, GraphQLError } from 'graphql';
import type { GraphQLParams } from 'graphql-yoga';
import type { UploadedFile } from '../../graphql/scalars/uploaded-file.ts';
import type { Admitted } from '../admission.ts';
import type { AuthenticatedCaller } from '../auth/authenticate.ts';
import type { Refusal } from '../respond.ts';
import type { OperationRecorder } from './operation-recorder.ts';

/** What the execution of an operation may use of its request: no HTTP. */
export interface OperationRequest {
  readonly requestId: string;
  readonly caller: AuthenticatedCaller | null;
  /** Counts the memory of the request and its response. */
  readonly admitted: Admitted;
  /** Aborts when the client disconnects. */
  readonly signal: AbortSignal;
  readonly recorder: OperationRecorder;
}

export interface GraphQLRequest extends OperationRequest {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
}

/** The parameters of an operation, from JSON, a multipart request or a URL. */
export interface ReadParams {
  readonly kind: 'read';
  readonly params: GraphQLParams;
  /** The length of the parameters in JSON; 0 for those of a URL. */
  readonly bytes: number;
  /** Null if the request has no files. */
  readonly upload: Upload | null;
}

/** The files of a multipart request, which may still be arriving. */
export interface Upload {
  /** All files of the map. */
  readonly files: readonly UploadedFile[];
  /** Resolves when the request is complete and valid; rejects with BadRequest or NotAdmitted if it is not. */
  readonly whole: Promise<void>;
  /** How many bytes of the files have arrived. */
  bytes(): number;
  /** Removes the stored files. Call this when the response is sent, even if the operation failed. */
  release(): Promise<void>;
}

/** The result of reading a request. */
export type ReadResult =
  | ReadParams
  | Refusal
  /** A mistake in the parameters. */
  | { readonly kind: 'invalid'; readonly error: GraphQLError }
  /** The client has disconnected. */
  | { readonly kind: 'aborted' };

/** The result of an operation, and what its report needs. */
export interface Executed {
  /** Null if the operation has no name or was not found. */
  readonly operationName: string | null;
  readonly result: ExecutionResult | PromiseLike<ExecutionResult>;
}

/** Sends "100 Continue" if the client waits for it before it sends the body. HTTP/1.0 has no such response. */
export function sendContinue({ req, res }: GraphQLRequest): void {
  if (req.headers.expect !== undefined && req.httpVersion === '1.1') res.writeContinue();
}
