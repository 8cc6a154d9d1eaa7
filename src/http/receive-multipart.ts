/** Receives a GraphQL multipart request: its files go to temporary files while the operation is at work already. */

import { EventEmitter, once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { processRequest, type Upload } from 'graphql-upload-ts';
import type { GraphQLParams } from 'graphql-yoga';
import type { FileArrival } from '../conversation/attachment.ts';
import { UploadedFile } from '../graphql/uploaded-file.ts';
import { discardRest } from './discard-rest.ts';
import { type ExpectedFile, MultipartGuard, type MultipartLimits } from './multipart-guard.ts';

export interface MultipartRequest {
  /** With an `UploadedFile` in each place that the map names. */
  readonly params: GraphQLParams;
  /** Resolves when the request is here to its end and in order; rejects with a MultipartError where it is not. */
  readonly whole: Promise<void>;
  /** Removes the temporary files; to be called once the operation is done, however it ended. */
  release(): Promise<void>;
}

/**
 * Resolves as soon as the operation and the map are here.
 *
 * @throws MultipartError where these are malformed or too large; then nothing is left behind.
 */
export async function receiveMultipart(
  request: IncomingMessage,
  limits: MultipartLimits,
): Promise<MultipartRequest> {
  const guard = new MultipartGuard(request.headers['content-type'] ?? '', limits);
  // What the library takes for the response: it removes the files when that is closed.
  const lifetime = new EventEmitter() as unknown as ServerResponse;
  const { maxFiles, maxFileBytes } = limits;
  // One byte more, since the library refuses a file of exactly the limit.
  const spooling = processRequest<{ variables: Record<string, Upload> }>(
    guard as unknown as IncomingMessage,
    lifetime,
    {
      maxFiles,
      maxFileSize: maxFileBytes + 1,
    },
  );
  spooling.catch(() => {}); // It fails where the guard is destroyed before the map has come.
  let uploads: readonly Upload[] = [];

  request.once('close', () => {
    if (!request.readableEnded) guard.breakOff();
  });
  request.pipe(guard);

  async function release(): Promise<void> {
    request.unpipe(guard);
    discardRest(request);
    await becomeIdle(uploads);
    guard.destroy();
    await Promise.allSettled(uploads.map(({ promise }) => promise));
    lifetime.emit('close');
  }

  try {
    const params = await guard.params;
    const { variables } = await spooling;
    uploads = Object.values(variables);
    for (const file of guard.files) {
      const upload = variables[file.key];
      if (!upload) continue;
      const uploaded = new UploadedFile(arrivalOf(file, upload, guard.whole, maxFileBytes));
      for (const { container, key } of file.places) container[key] = uploaded;
    }
    return { params, whole: guard.whole, release };
  } catch (error) {
    await release();
    throw error;
  }
}

async function arrivalOf(
  file: ExpectedFile,
  upload: Upload,
  whole: Promise<void>,
  maxBytes: number,
): Promise<FileArrival> {
  const keepsLimit = await Promise.race([file.keepsLimit, whole.then(() => file.keepsLimit)]);
  if (!keepsLimit) return { kind: 'tooBig', maxBytes };
  await whole;
  const { capacitor } = await upload.promise;
  if (capacitor.errored) throw capacitor.errored;
  if (!capacitor.writableFinished) await once(capacitor, 'finish');
  return {
    kind: 'arrived',
    name: file.header?.fileName ?? '',
    content: {
      mediaType: file.header?.mediaType ?? 'application/octet-stream',
      size: file.bytes,
      open: () => capacitor.createReadStream(),
    },
  };
}

/**
 * Waits until everything that was handed over is on disk. The library closes a file without waiting for its last write,
 * which then might hit the next file that gets the same descriptor.
 */
async function becomeIdle(uploads: readonly Upload[]): Promise<void> {
  const isBusy = ({ file }: Upload): boolean =>
    file !== undefined && !file.capacitor.destroyed && file.capacitor.writableLength > 0;
  do await delay(1);
  while (uploads.some(isBusy));
}
