/** Receives a GraphQL multipart request: its files go to temporary files while the operation is at work already. */

import { EventEmitter, once } from 'node:events';
import { fstat } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { processRequest, type Upload } from 'graphql-upload-ts';
import type { GraphQLParams } from 'graphql-yoga';
import type { FileArrival } from '../conversation/attachment.ts';
import { UploadedFile } from '../graphql/uploaded-file.ts';
import { type ExpectedFile, MultipartGuard, type MultipartLimits } from './multipart-guard.ts';

export interface MultipartRequest {
  /** With an `UploadedFile` in each place that the map names. */
  readonly params: GraphQLParams;
  /** Every file of the map. */
  readonly files: readonly UploadedFile[];
  /** Resolves when the request is here to its end and in order; rejects with a BadRequest where it is not. */
  readonly whole: Promise<void>;
  /** How much of the files has come so far. */
  bytes(): number;
  /** Removes the temporary files; to be called once the operation is done, however it ended. */
  release(): Promise<void>;
}

/** Long for a line that stutters, short for one that is held open on purpose. */
const maxSilenceMs = 15_000;

/**
 * Resolves as soon as the operation and the map are here.
 *
 * @throws BadRequest where these are malformed or too large; then nothing is left behind.
 */
export async function receiveMultipart(
  request: IncomingMessage,
  limits: MultipartLimits,
): Promise<MultipartRequest> {
  const guard = new MultipartGuard(request.headers['content-type'] ?? '', limits);
  // What the library takes for the response: it removes the files when that is closed.
  const lifetime = new EventEmitter() as unknown as ServerResponse;
  // The guard has all of a request that the library uses. One byte more, since it refuses a file of exactly the limit.
  const spooling = processRequest<Spooled>(guard as unknown as IncomingMessage, lifetime, {
    maxFiles: limits.maxFiles,
    maxFileSize: limits.maxFileBytes + 1,
  });
  spooling.catch(() => {}); // It fails where the guard is destroyed before the map has come.
  let uploads: readonly Upload[] = [];

  request.once('close', () => {
    if (!request.readableEnded) guard.breakOff('The request was broken off.');
  });
  // A sender that has gone silent would keep others out.
  request.setTimeout(maxSilenceMs, () => guard.breakOff(`Nothing came for ${maxSilenceMs / 1000} seconds.`));
  guard.whole.finally(() => request.setTimeout(0)).catch(() => {});
  request.pipe(guard);

  async function release(): Promise<void> {
    request.unpipe(guard);
    await becomeIdle(uploads);
    guard.destroy();
    await Promise.allSettled(uploads.map(({ promise }) => promise));
    lifetime.emit('close');
  }

  try {
    const params = await guard.params;
    const { variables } = await spooling;
    uploads = Object.values(variables);
    const files = guard.files.flatMap((file) => {
      const upload = variables[file.key];
      return upload ? [placeFile(file, arrivalOf(file, upload, guard.whole, limits.maxFileBytes))] : [];
    });
    const bytes = () => guard.files.reduce((sum, file) => sum + file.bytes, 0);
    return { params, files, whole: guard.whole, bytes, release };
  } catch (error) {
    await release();
    throw error;
  }
}

/** What the library makes of the plain request that the guard writes. */
interface Spooled {
  readonly variables: Readonly<Record<string, Upload>>;
}

function placeFile({ places }: ExpectedFile, arrival: Promise<FileArrival>): UploadedFile {
  const uploaded = new UploadedFile(arrival);
  for (const { container, key } of places) container[key] = uploaded;
  return uploaded;
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
  await assertWhole(capacitor._fd, file.bytes);
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

/** On a full disk the library takes the part of a write that succeeded for all of it. */
async function assertWhole(descriptor: number | null, bytes: number): Promise<void> {
  const { size } = descriptor === null ? { size: 0 } : await promisify(fstat)(descriptor);
  if (size !== bytes) throw new Error(`${size} of ${bytes} bytes of an upload could be written to disk.`);
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
