/** Keeps the files of a multipart request in temporary files, which graphql-upload-ts writes. */

import { EventEmitter, once } from 'node:events';
import { fstat } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { processRequest, type Upload } from 'graphql-upload-ts';
import type { FileStore } from './file-store.ts';
import type { MultipartGuard, MultipartLimits } from './multipart-guard.ts';

/** What the library makes of the plain request that the guard writes. */
interface Spooled {
  readonly variables: Readonly<Record<string, Upload>>;
}

export function spoolToDisk(guard: MultipartGuard, limits: MultipartLimits): FileStore {
  // What the library takes for the response: it removes the files when that is closed.
  const lifetime = new EventEmitter() as unknown as ServerResponse;
  // The guard has all of a request that the library uses. One byte more, since it refuses a file of exactly the limit.
  const spooling = processRequest<Spooled>(guard as unknown as IncomingMessage, lifetime, {
    maxFiles: limits.maxFiles,
    maxFileSize: limits.maxFileBytes + 1,
  });
  let uploads: Readonly<Record<string, Upload>> = {};
  const isReady = spooling.then(({ variables }) => {
    uploads = variables;
  });
  isReady.catch(() => {}); // It fails where the guard is destroyed before the map has come.

  return {
    isReady,
    async read(file) {
      const upload = await uploads[file.key]?.promise;
      if (!upload) throw new Error('graphql-upload-ts has lost a file.');
      const { capacitor } = upload;
      if (capacitor.errored) throw capacitor.errored;
      if (!capacitor.writableFinished) await once(capacitor, 'finish');
      await assertWhole(capacitor._fd, file.bytes);
      return { open: () => capacitor.createReadStream() };
    },
    // The library closes a file without waiting for its last write, which then might hit the next file that gets the
    // same descriptor.
    async becomeIdle() {
      const isBusy = ({ file }: Upload): boolean =>
        file !== undefined && !file.capacitor.destroyed && file.capacitor.writableLength > 0;
      do await delay(1);
      while (Object.values(uploads).some(isBusy));
    },
    async remove() {
      await Promise.allSettled(Object.values(uploads).map(({ promise }) => promise));
      lifetime.emit('close');
    },
  };
}

/** On a full disk the library takes the part of a write that succeeded for all of it. */
async function assertWhole(descriptor: number | null, bytes: number): Promise<void> {
  const { size } = descriptor === null ? { size: 0 } : await promisify(fstat)(descriptor);
  if (size !== bytes) throw new Error(`${size} of ${bytes} bytes of an upload could be written to disk.`);
}
