/** Reproduces the faults of graphql-upload-ts 2.2 that the gateway works around. If one of them is fixed, the workaround can be removed. */

import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { createServer } from 'node:http';
import { syncBuiltinESMExports } from 'node:module';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { processRequest, WriteStream } from 'graphql-upload-ts';
import { describe, expect, onTestFinished, test } from 'vitest';
import { SpooledFile } from '../../../src/http/uploads/spooled-file.ts';
import { watchSpool } from '../../support/gateway/watch-spool.ts';
import { boundary, file, form, map, replyOperations } from '../../support/multipart-body.ts';
import { until } from '../../support/until.ts';

const spool = watchSpool();

test('the library never closes the file of the first of two parts with one name', async () => {
  const server = createServer(async (req, res) => {
    await processRequest(req, res);
    await until(() => expect(spool.open()).toHaveLength(2));
    res.end();
  });
  await once(server.listen(0), 'listening');
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const response = await fetch(`http://127.0.0.1:${port}`, {
    method: 'POST',
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
    body: new Uint8Array(form(replyOperations(), map(), file('first'), file('second'))),
  });
  expect(response.status).toBe(200);
  await until(() => expect(spool.files().map((path) => fs.readFileSync(path, 'utf8'))).toEqual(['first']));
});

describe('a write that is short, as on a full disk', () => {
  /** Runs a module in a process whose files have at most 16 KiB. */
  function runWithSmallFiles(source: string): string {
    const command = ['-c', 'ulimit -f 16; exec "$0" --input-type=module -e "$1"', process.execPath, source];
    const cwd = fileURLToPath(new URL('.', import.meta.url));
    return execFileSync('bash', command, { cwd, encoding: 'utf8' });
  }

  test('is complete for the library', () => {
    const source = `
      import { once } from 'node:events';
      import { fstatSync } from 'node:fs';
      import { WriteStream } from 'graphql-upload-ts';
      const file = new WriteStream();
      file.end(Buffer.alloc(100_000));
      await once(file, 'finish');
      console.log(file._pos, fstatSync(file._fd).size);`;
    expect(runWithSmallFiles(source)).toBe('100000 16384\n');
  });

  test('is an error for SpooledFile', () => {
    const source = `
      import { SpooledFile } from '../../../src/http/uploads/spooled-file.ts';
      const file = new SpooledFile(() => {});
      file.write(Buffer.alloc(100_000));
      await file.finish().catch(({ message }) => console.log(message));
      await file.remove();`;
    expect(runWithSmallFiles(source)).toBe('Only 16384 of 100000 bytes of an upload were written to disk.\n');
  });
});

describe('a file that is removed during a write', () => {
  /** Records when a write ends and when a descriptor is closed. */
  function recordCalls(): string[] {
    const calls: string[] = [];
    const { write, close } = fs;
    Object.assign(fs, {
      write: (...args: unknown[]) => {
        const callback = args.pop() as (...results: unknown[]) => void;
        const onWritten = (...results: unknown[]) => {
          calls.push('written');
          callback(...results);
        };
        Reflect.apply(write, fs, [...args, onWritten]);
      },
      close: (...args: unknown[]) => {
        calls.push('close');
        Reflect.apply(close, fs, args);
      },
    });
    syncBuiltinESMExports();
    onTestFinished(() => {
      Object.assign(fs, { write, close });
      syncBuiltinESMExports();
    });
    return calls;
  }

  test('is closed by the library before the write ends', async () => {
    const file = new WriteStream();
    await once(file, 'ready');
    const calls = recordCalls();
    file.write(Buffer.alloc(100_000));
    file.release();
    await once(file, 'close');
    await until(() => expect(calls).toEqual(['close', 'written']));
  });

  test('is closed by SpooledFile after the write', async () => {
    const calls = recordCalls();
    const file = new SpooledFile(() => {});
    file.write(Buffer.alloc(128 * 1024));
    await file.remove();
    await until(() => expect(calls).toEqual(['written', 'close']));
  });
});
