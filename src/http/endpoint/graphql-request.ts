/** An authenticated request to the endpoint. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { UploadedFile } from '../../graphql/scalars/uploaded-file.ts';
import type { Admitted } from '../admission.ts';
import type { AuthenticatedCaller } from '../auth/authenticate.ts';
import type { ReportedReply } from './operation-report.ts';

export interface GraphQLRequest {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly requestId: string;
  readonly caller: AuthenticatedCaller | null;
  /** Counts the memory of the request and its response. */
  readonly admitted: Admitted;
  /** Aborts when the client disconnects. */
  readonly signal: AbortSignal;
  /** Collects facts for the report at the end. */
  readonly progress: Progress;
}

/** The files of a multipart request. */
export interface Upload {
  readonly files: readonly UploadedFile[];
  /** Resolves when the request is complete; rejects if it is invalid or aborted. */
  readonly whole: Promise<void>;
}

/** Reads the body of a request and answers it. */
export type HandleRequest = (request: GraphQLRequest) => Promise<void>;

export interface Progress {
  /** Null until it is known, or if the operation has no name. */
  operationName: string | null;
  readonly replies: ReportedReply[];
  uploadBytes: number;
}

/** Sends "100 Continue" if the client waits for it. HTTP/1.0 has no such response. */
export function requestBody({ req, res }: GraphQLRequest): void {
  if (req.headers.expect !== undefined && req.httpVersion === '1.1') res.writeContinue();
}
