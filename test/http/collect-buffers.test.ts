/** Large uploads have their buffers collected on the way, where Node lets them. */

import { PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { afterEach, expect, test, vi } from 'vitest';
import { MultipartGuard } from '../../src/http/multipart-guard.ts';
import { boundary, upload } from './multipart-body.ts';
import { noise } from './noise.ts';

afterEach(() => vi.unstubAllGlobals());

async function send(bytes: number): Promise<void> {
  const limits = { maxFiles: 1, maxFileBytes: bytes, maxFieldBytes: 5_000 };
  const guard = new MultipartGuard(`multipart/form-data; boundary=${boundary}`, limits, null);
  const source = new PassThrough();
  const body = upload(noise(bytes));
  for (let start = 0; start < body.length; start += 65_536)
    source.write(body.subarray(start, start + 65_536));
  source.end();
  await Promise.all([pipeline(source, guard.resume()), guard.whole]);
}

test('a minor collection for every 4 MiB, of whatever uploads they are', async () => {
  const gc = vi.fn();
  vi.stubGlobal('gc', gc);
  await send(4 * 1024 * 1024);
  await send(4 * 1024 * 1024);
  await send(4 * 1024 * 1024);
  expect(gc.mock.calls).toEqual([[{ type: 'minor' }], [{ type: 'minor' }], [{ type: 'minor' }]]);
});

test('none where Node has none', async () => {
  vi.stubGlobal('gc', undefined);
  await expect(send(5 * 1024 * 1024)).resolves.toBeUndefined();
});
