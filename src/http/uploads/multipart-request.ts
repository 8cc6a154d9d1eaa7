/** Receives a GraphQL multipart request: stores its files on disk or in memory while the operation already runs. */

import type { IncomingMessage } from 'node:http';
import type { GraphQLParams } from 'graphql-yoga';
import type { FileArrival } from '../../conversation/attachment.ts';
import { UploadedFile } from '../../graphql/scalars/uploaded-file.ts';
import { limitBodyTime } from '../body-time-limit.ts';
import type { Upload } from '../endpoint/graphql-request.ts';
import { freeMemory } from './free-memory.ts';
import { MemoryFile } from './memory-file.ts';
import { type ExpectedFile, type MultipartLimits, MultipartReader } from './multipart-reader.ts';
import { SpooledFile } from './spooled-file.ts';

export interface MultipartRequest extends Upload {
  /** With an `UploadedFile` at each path of the map. */
  readonly params: GraphQLParams;
  /** The length of the parameters in JSON. */
  readonly paramsBytes: number;
}

/** A request up to this size stays in memory: for a small file, a temporary file would be most of the work. */
const maxBytesInMemory = 128 * 1024;

/**
 * Resolves as soon as the operation and the map are read.
 *
 * @throws BadRequest if these are malformed or too large, NotAdmitted if their memory is refused; then all stored files are removed.
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
    if (!request.readableEnded) reader.breakOff('The request was aborted.');
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
      setFile(file, arrivalOf(file, reader.whole, limits.maxFileBytes)),
    );
    const bytes = () => reader.files.reduce((sum, file) => sum + file.bytes, 0);
    const { operationsBytes: paramsBytes, whole } = reader;
    return { params, paramsBytes, files, whole, bytes, release };
  } catch (error) {
    await release();
    throw error;
  }
}

function setFile({ paths }: ExpectedFile, arrival: Promise<FileArrival>): UploadedFile {
  const uploaded = new UploadedFile(arrival);
  for (const { container, key } of paths) container[key] = uploaded;
  return uploaded;
}

async function arrivalOf(file: ExpectedFile, whole: Promise<void>, maxBytes: number): Promise<FileArrival> {
  const keepsLimit = await Promise.race([file.keepsLimit, whole.then(() => file.keepsLimit)]);
  if (!keepsLimit) return { kind: 'tooBig', maxBytes };
  await whole;
  const { header, bytes: size, store } = file;
  if (!header || !store) throw new Error('A complete request lacks a file.');
  const stored = await store.finish();
  const content = { mediaType: header.mediaType ?? 'application/octet-stream', size, ...stored };
  return { kind: 'arrived', name: header.fileName ?? '', content };
}
