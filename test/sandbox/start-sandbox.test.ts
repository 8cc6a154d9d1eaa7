/** The sandbox listens, stores calls, and closes. */

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, expect, test } from 'vitest';
import { startSandbox } from '../../src/sandbox/start-sandbox.ts';
import { postReply } from './post-reply.ts';
import { rawReply, sendRaw } from './send-raw.ts';

const sandbox = await startSandbox();
afterAll(() => sandbox.close());

test('listens on loopback, at its url', async () => {
  expect(sandbox.url).toBe(`http://127.0.0.1:${sandbox.port}`);
  expect((await postReply(sandbox.url)).status).toBe(200);
});

test('keeps nothing alive after close, not even a delayed response', async () => {
  const startSandboxFile = new URL('../../src/sandbox/start-sandbox.ts', import.meta.url);
  // Not `fetch`, which has its own timers.
  const script = `
    const { request } = await import('node:http');
    const { startSandbox } = await import('${startSandboxFile}');
    const sandbox = await startSandbox();
    const headers = { authorization: 'Token sandbox', 'content-type': 'application/x-www-form-urlencoded' };
    const slow = request(sandbox.url + '/conversations/6/reply', { method: 'POST', headers, agent: false });
    const ended = new Promise((resolve) => slow.on('error', () => {}).on('close', resolve));
    slow.end('body=x');
    while (sandbox.received.length === 0) await new Promise((resolve) => setImmediate(resolve));
    await sandbox.close();
    await ended;
    console.log(process.getActiveResourcesInfo().includes('Timeout'));
  `;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script]);
  expect(stdout).toBe('false\n');
});

test('closes every connection, including those that hang on purpose', async () => {
  const own = await startSandbox();
  const idle = sendRaw(own.port, '');
  const half = sendRaw(own.port, rawReply('1', 'body', { 'content-length': '100' }));
  const kept = sendRaw(own.port, rawReply('1', 'body=x'));
  const stalled = ['6', '9003', '2006'].map((id) => sendRaw(own.port, rawReply(id, 'body=x')));
  await expect.poll(() => own.received.length).toBe(4);
  await own.close();
  await own.close();
  for (const { ending } of await Promise.all([idle, half, kept, ...stalled])) {
    expect(['end', 'ECONNRESET']).toContain(ending);
  }
  // Close did not wait for the slow one.
  expect((await stalled[0])?.received.toString()).toBe('');
  await expect(postReply(own.url)).rejects.toThrow();
});

test('rejects with EADDRINUSE if the port is in use', async () => {
  await expect(startSandbox({ port: sandbox.port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
});

test('has a url that can be called if it listens on every interface', async () => {
  const own = await startSandbox({ host: '0.0.0.0' });
  expect(own.url).toBe(`http://127.0.0.1:${own.port}`);
  expect((await postReply(own.url)).status).toBe(200);
  await own.close();
});

test.each(['9003', '2006'])(
  'closes the silent connection of conversation %s once it is idle for too long',
  async (id) => {
    const own = await startSandbox({ idleMs: 200 });
    const { ending } = await sendRaw(own.port, rawReply(id, 'body=Hello'));
    await own.close();
    expect(['end', 'ECONNRESET']).toContain(ending);
  },
);
