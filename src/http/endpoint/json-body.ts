/** Reads the parameters of a request from its JSON body, with limits for size and time. */

import { isUtf8 } from 'node:buffer';
import { memoryOfJson } from '../../conversation/json-memory.ts';
import { GrowingBuffer } from '../../growing-buffer.ts';
import { type Admitted, heldPerJsonByte } from '../admission.ts';
import { limitBodyTime } from '../body-time-limit.ts';
import { refuse, refuseNotAdmitted } from '../respond.ts';
import { BadRequest } from './errors.ts';
import { type GraphQLRequest, type ReadResult, sendContinue } from './graphql-request.ts';
import { parseParams } from './params.ts';

/** The maximum size of parameters in JSON. */
export const maxJsonBytes = 1024 * 1024;

/** Never rejects. The rest of a body that is too large or refused stays unread. */
export function readJsonBody(request: GraphQLRequest): ReadResult | Promise<ReadResult> {
  const { req, admitted } = request;
  const length = Number(req.headers['content-length']);
  if (length > maxJsonBytes) return tooLarge;
  sendContinue(request);
  if (length === 0 || length !== req.readableLength) return receiveBody(request);
  // A small body arrives with its headers: the events of the stream would cost more than the rest of reading it.
  const limit = admitted.reserve(heldPerJsonByte * length);
  return limit ? refuseNotAdmitted(limit) : parseBody(req.read(length), admitted);
}

function receiveBody({ req, admitted }: GraphQLRequest): Promise<ReadResult> {
  return new Promise((resolve) => {
    const body = new GrowingBuffer();
    const endTimeLimit = limitBodyTime(req, (fault) => stop(refuse(408, fault)));
    function stop(result: ReadResult): void {
      endTimeLimit();
      req.off('data', onData);
      req.off('end', onEnd);
      req.pause();
      resolve(result);
    }
    function onData(chunk: Buffer): void {
      const isTooLarge = body.length + chunk.length > maxJsonBytes;
      const limit = isTooLarge ? null : admitted.reserve(heldPerJsonByte * chunk.length);
      if (isTooLarge) stop(tooLarge);
      else if (limit) stop(refuseNotAdmitted(limit));
      else body.append(chunk);
    }
    function onEnd(): void {
      resolve(parseBody(body.bytes(), admitted));
    }
    req.on('data', onData);
    req.on('end', onEnd);
    req.on('close', () => resolve({ kind: 'aborted' }));
  });
}

const tooLarge = refuse(413, `The body of the request is larger than ${maxJsonBytes} bytes.`);

function parseBody(body: Buffer, admitted: Admitted): ReadResult {
  if (!isUtf8(body)) return refuse(400, 'The body of the request is not valid UTF-8.');
  // RFC 8259 allows to ignore a byte order mark: some Windows tools write one.
  const text = body.toString().replace(/^\uFEFF/, '');
  const limit = admitted.reserve(memoryOfJson(text));
  if (limit) return refuseNotAdmitted(limit);
  const params = parseParams(text, 'The body of the request');
  if (params instanceof BadRequest) return { kind: 'invalid', error: params };
  return { kind: 'read', params, bytes: body.length, upload: null };
}
