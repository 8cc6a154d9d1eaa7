/** Handles requests with a JSON body. */

import { heldPerJsonByte } from '../admission.ts';
import { sendError, sendRefusal } from '../respond.ts';
import type { AnswerParams } from './answer-params.ts';
import type { HandleRequest } from './graphql-request.ts';
import { requestBody } from './graphql-request.ts';
import { parseBodyParams } from './params.ts';
import { maxJsonBytes, readBody } from './read-body.ts';
import type { ResolveDocument } from './resolve-document.ts';

export interface JsonHandlerOptions {
  readonly answerParams: AnswerParams;
  readonly resolveDocument: ResolveDocument;
}

export function createJsonHandler({ answerParams, resolveDocument }: JsonHandlerOptions): HandleRequest {
  return async (request) => {
    const { req, res, admitted } = request;
    const body = await readBody(req, {
      maxBytes: maxJsonBytes,
      reserve: (bytes) => admitted.reserve(heldPerJsonByte * bytes),
      onWanted: () => requestBody(request),
    });
    if (body.kind === 'aborted') return;
    if (body.kind === 'tooSlow') return sendError(req, res, 408, body.fault);
    if (body.kind === 'refused') return sendRefusal(req, res, body.refusal);
    if (body.kind === 'notUtf8') {
      return sendError(req, res, 400, 'The body of the request is not valid UTF-8.');
    }
    if (body.kind === 'tooLarge') {
      return sendError(req, res, 413, `The body of the request is larger than ${maxJsonBytes} bytes.`);
    }
    await answerParams(request, body.bytes, () => resolveDocument(parseBodyParams(body.text)), null);
  };
}
