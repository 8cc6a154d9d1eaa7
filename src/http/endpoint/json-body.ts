/** Takes a request whose body is JSON. */

import { heldPerJsonByte } from '../admission.ts';
import { sendError, sendRefusal } from '../respond.ts';
import type { AnswerParams } from './answer-params.ts';
import type { Take } from './graphql-request.ts';
import { maxJsonBytes } from './max-json-bytes.ts';
import { parseBodyParams } from './params.ts';
import { readBody } from './read-body.ts';
import { askForBody } from './request-body.ts';
import type { ResolveDocument } from './trusted-documents.ts';

export interface TakeJsonOptions {
  readonly answerParams: AnswerParams;
  readonly resolveDocument: ResolveDocument;
}

export function createTakeJson({ answerParams, resolveDocument }: TakeJsonOptions): Take {
  return async (request) => {
    const { req, res, admitted } = request;
    const body = await readBody(req, {
      maxBytes: maxJsonBytes,
      reserve: (bytes) => admitted.reserve(heldPerJsonByte * bytes),
      onWanted: () => askForBody(request),
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
