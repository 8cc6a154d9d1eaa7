/** Receives a GraphQL multipart request: its files go to temporary files, or to memory, while the operation is at work already. */

import type { IncomingMessage } from 'node:http';
import type { GraphQLParams } from 'graphql-yoga';
import type { FileArrival } from '../../conversation/attachment.ts';
import { UploadedFile } from '../../graphql/scalars/uploaded-file.ts';
import { limitBodyTime } from '../body-time-limit.ts';
import { freeMemory } from './free-memory.ts';
import { MemoryFile } from './memory-file.ts';
import { type ExpectedFile, type MultipartLimits, MultipartReader } from './multipart-reader.ts';
import { SpooledFile } from './spooled-file.ts';

export interface MultipartRequest {
  /** With an `UploadedFile` in each place that the map names. */
  readonly params: GraphQLParams;
  /** How many bytes of JSON the parameters were. */
  readonly paramsBytes: number;
  /** Every file of the map. */
  readonly files: readonly UploadedFile[];
  /** Resolves when the request is here to its end and in order; rejects with a BadRequest where it is not. */
  readonly whole: Promise<void>;
  /** How much of the files has come so far. */
  bytes(): number;
  /** Removes the temporary files; to be called once the operation is done, however it ended. */
  release(): Promise<void>;
}

/** A request of no more bytes stays in memory: for a small file its temporary file would be most of the work. */
const maxBytesInMemory = 128 * 1024;

/**
 * Resolves as soon as the operation and the map are here.
 *
 * @throws BadRequest where these are malformed or too large; then nothing is left behind.
 */
export async function receiveMultipart(
  request: IncomingMessage,
  limits: MultipartLimits,
): Promise<MultipartRequest> {
  const length = Number(request.headers['content-length']);
  const openStore =
    length <= maxBytesInMemory ? () => new MemoryFile(length) : () => new SpooledFile(() => request.resume());
  const reader = new MultipartReader(request.headers['content-type'] ?? '', limits, openStore);

  const onData = (chunk: Buffer): void => {
    if (!reader.write(chunk)) request.pause();
    freeMemory(chunk);
  };
  request.on('data', onData);
  request.once('end', () => reader.end());
  request.once('close', () => {
    if (!request.readableEnded) reader.breakOff('The request was broken off.');
  });
  const endTimeLimit = limitBodyTime(request, (fault) => reader.breakOff(fault, 408));

  async function release(): Promise<void> {
    endTimeLimit();
    request.off('data', onData);
    await Promise.all(reader.files.map(({ store }) => store?.remove()));
  }

  try {
    const params = await reader.params;
    const files = reader.files.map((file) =>
      placeFile(file, arrivalOf(file, reader.whole, limits.maxFileBytes)),
    );
    const bytes = () => reader.files.reduce((sum, file) => sum + file.bytes, 0);
    const { operationsBytes: paramsBytes, whole } = reader;
    return { params, paramsBytes, files, whole, bytes, release };
  } catch (error) {
    await release();
    throw error;
  }
}

function placeFile({ places }: ExpectedFile, arrival: Promise<FileArrival>): UploadedFile {
  const uploaded = new UploadedFile(arrival);
  for (const { container, key } of places) container[key] = uploaded;
  return uploaded;
}

async function arrivalOf(file: ExpectedFile, whole: Promise<void>, maxBytes: number): Promise<FileArrival> {
  const keepsLimit = await Promise.race([file.keepsLimit, whole.then(() => file.keepsLimit)]);
  if (!keepsLimit) return { kind: 'tooBig', maxBytes };
  await whole;
  const { header, bytes: size, store } = file;
  if (!header || !store) throw new Error('A whole request lacks a file.');
  const stored = await store.finish();
  const content = { mediaType: header.mediaType ?? 'application/octet-stream', size, ...stored };
  return { kind: 'arrived', name: header.fileName ?? '', content };
}
