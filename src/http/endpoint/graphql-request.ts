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
  /** Counts what the request and its response hold. */
  readonly admitted: Admitted;
  /** Aborts when the client goes away. */
  readonly signal: AbortSignal;
  /** What is found out on the way, for the report at the end. */
  readonly progress: Progress;
}

/** The files of a multipart request. */
export interface Upload {
  readonly files: readonly UploadedFile[];
  /** Resolves when all of the request is here; rejects where it is broken. */
  readonly whole: Promise<void>;
}

/** Takes the body of a request, and has it answered. */
export type HandleRequest = (request: GraphQLRequest) => Promise<void>;

export interface Progress {
  /** Null until it is known, and where the operation has none. */
  operationName: string | null;
  readonly replies: ReportedReply[];
  uploadBytes: number;
}

/** To be called once the body is wanted. A client that speaks HTTP/1.0 cannot be asked. */
export function requestBody({ req, res }: GraphQLRequest): void {
  if (req.headers.expect !== undefined && req.httpVersion === '1.1') res.writeContinue();
}
