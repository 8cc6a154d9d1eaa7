/** Temporary files and descriptors: none is left, however an upload ends. */

import { once } from 'node:events';
import { statSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RawClient, sendForm, sleep } from '../../support/gateway/raw-client.ts';
import {
  expectBytes,
  failedInternally,
  MiB,
  result,
  sent,
  twoMap,
  twoOperations,
  watchUploads,
} from '../../support/gateway/start-upload-gateway.ts';
import { linksOf } from '../../support/gateway/watch-spool.ts';
import { field, file, form, head, map, part, replyOperations, upload } from '../../support/multipart-body.ts';
import { noise } from '../../support/noise.ts';
import { endCommands, type StartedCommand, startCommand } from '../../support/process/start-command.ts';
import { until } from '../../support/until.ts';
import { answerBytes, startRawUpstream } from '../../support/upstream/start-raw-upstream.ts';

const { spool, startUploadGateway } = watchUploads();

/** A process that is stopped during an upload of a client that stays connected. Started first, since the stop takes several seconds. */
let stubborn: { readonly command: StartedCommand; readonly began: number } | null = null;
/** A process whose client neither sends the rest of its file nor disconnects. */
let silence: { readonly command: StartedCommand; readonly answer: Promise<string> } | null = null;
beforeAll(async () => {
  const { command } = await startDuringUpload();
  command.child.kill('SIGTERM');
  stubborn = { command, began: performance.now() };

  const { command: other, socket } = await startDuringUpload();
  silence = { command: other, answer: once(socket, 'data').then(String) };
});
afterAll(endCommands);

/** Starts a process that has received a part of an upload. */
async function startDuringUpload(): Promise<{ readonly command: StartedCommand; readonly socket: Socket }> {
  const command = await startCommand({});
  const socket = connect(Number(new URL(command.origin).port), '127.0.0.1');
  socket.on('error', () => {});
  socket.write(Buffer.concat([head(1_000_000), upload(noise(300_000)).subarray(0, 200_000)]));
  await until(() => expect(command.spool.files()).toHaveLength(1));
  return { command, socket };
}

describe('the temporary folder', () => {
  const exactly = (bytes: number) => upload(noise(bytes - upload(noise(0)).length));

  test.each([
    ['no', 128 * 1024, 0],
    ['a', 128 * 1024 + 1, 1],
  ])('contains %s file during a request of %i bytes', async (_which, bytes, files) => {
    const gateway = await startUploadGateway();
    const body = exactly(bytes);
    expect(body.length).toBe(bytes);
    const client = new RawClient(gateway.origin);
    await client.write(head(bytes), body.subarray(0, -1_000));
    await until(() => expect(spool.files()).toHaveLength(files));
    await client.write(body.subarray(-1_000));
    expect(result(await client.answer())).toMatchObject(sent);
    expectBytes(gateway.sandbox?.received[0]?.file?.bytes, noise(bytes - upload(noise(0)).length));
    await spool.becomesEmpty();
  });

  test('that is missing makes the reply fail, and nothing is sent', async () => {
    const before = process.env['TMPDIR'];
    process.env['TMPDIR'] = '/nowhere/at/all';
    try {
      const gateway = await startUploadGateway({}, { mayLog: true });
      for (const size of [150_000, 500_000]) {
        const answer = await sendForm(gateway.origin, upload(noise(size)));
        expect(result(answer)).toMatchObject(failedInternally);
        expect(answer.text).not.toContain('nowhere');
      }
      expect(gateway.errors).toHaveLength(2);
      expect(gateway.sandbox?.received).toEqual([]);
      // A small file does not need the folder.
      expect(result(await sendForm(gateway.origin, upload(noise(100_000))))).toMatchObject(sent);
    } finally {
      if (before !== undefined) process.env['TMPDIR'] = before;
    }
  });
});

describe('the process', () => {
  test('has as many descriptors as before, after any request', async () => {
    let behaviour: 'answers' | 'resets' | 'early' = 'answers';
    const upstream = await startRawUpstream({
      onHead: (socket) => {
        if (behaviour === 'resets') socket.resetAndDestroy();
        if (behaviour === 'early')
          socket.end(answerBytes(401, '{}', 'application/json', 'connection: close\r\n'));
      },
    });
    const command = await startCommand({ DASHLY_API_URL: upstream.url, UPLOAD_MAX_BYTES: '200000' });
    const kinds = () => {
      const counts: Record<string, number> = {};
      for (const link of linksOf(command.processId)) {
        const kind = link.replace(/:\[\d+\]/, '');
        counts[kind] = (counts[kind] ?? 0) + 1;
      }
      return counts;
    };
    const settled = async (expected: Record<string, number>) => {
      upstream.hangUp();
      await until(() => expect(kinds()).toEqual(expected));
      await command.spool.becomesEmpty();
    };
    const before = kinds();
    expect(result(await sendForm(command.origin, upload(noise(100_000))))).toMatchObject(sent);
    await settled(before);

    const whole = upload(noise(150_000));
    const twice = form(replyOperations(), map(), file(noise(100_000)), file(noise(100_000)));
    const requests: [name: string, body: Buffer, headers?: Record<string, string | null>][] = [
      ['a file', whole],
      ['a file that is too large', upload(noise(300_000))],
      ['two files of the same name', twice],
      ['a missing file', form(replyOperations(), map())],
      ['a text field instead of a file', form(replyOperations(), map(), field('0', 'x'))],
      ['no closing boundary', whole.subarray(0, -30)],
      ['no operations', form(file())],
      ['operations that are not JSON', form(field('operations', '{'), map(), file())],
      ['a malformed header', form(replyOperations(), map(), part('nonsense'))],
      ['an invalid reply', form(replyOperations({ conversationId: '0' }), map(), file(noise(100_000)))],
      ['no preflight header', whole, { 'apollo-require-preflight': null }],
      ['no token', whole, { authorization: null }],
      ['another content type', whole, { 'content-type': 'multipart/mixed; boundary=a' }],
      [
        'two replies',
        form(twoOperations, twoMap, file(noise(50_000), { name: 'x' }), file('y', { name: 'y' })),
      ],
    ];
    for (const [name, body, headers] of requests) {
      for (const _time of [1, 2])
        expect((await sendForm(command.origin, body, headers)).status, name).toBeLessThan(600);
    }
    for (behaviour of ['resets', 'early'] as const)
      expect((await sendForm(command.origin, whole)).status).toBe(200);
    behaviour = 'answers';
    for (const bytes of [
      0,
      300,
      whole.indexOf('name="0"') - 38,
      whole.indexOf('name="0"') + 40,
      60_000,
      149_000,
    ]) {
      for (const way of ['goAway', 'reset', 'end'] as const) {
        const client = new RawClient(command.origin);
        await client.write(head(whole.length), whole.subarray(0, bytes));
        await sleep(10);
        client[way]();
        await client.closed();
      }
    }
    await settled(before);
  });

  test('leaves no file if it is stopped during an upload whose client then disconnects', async () => {
    const command = await startCommand({});
    const client = new RawClient(command.origin);
    await client.write(head(1_000_000), upload(noise(300_000)).subarray(0, 200_000));
    await until(() => expect(command.spool.files()).toHaveLength(1));
    command.child.kill('SIGTERM');
    await command.written(/accepts no more connections/);
    client.goAway();
    expect(await command.ended).toBe(0);
    expect(command.spool.files()).toEqual([]);
    expect(command.output.err).toBe('');
    expect(command.output.out).not.toContain('"level":"error"');
  });

  test('leaves no file if it is killed during an upload', async () => {
    const command = await startCommand({});
    const client = new RawClient(command.origin);
    const body = upload(noise(8 * MiB));
    await client.write(head(body.length), body.subarray(0, -1_000));
    const sizes = () => command.spool.files().map((path) => statSync(path).size);
    await until(() => expect(Math.max(...sizes())).toBeGreaterThan(7 * MiB));
    command.child.kill('SIGKILL');
    expect(await command.ended).toBe('SIGKILL');
    expect(command.spool.files()).toEqual([]);
  });

  test('finishes an upload in progress when it is stopped', async () => {
    const upstream = await startRawUpstream();
    const command = await startCommand({ DASHLY_API_URL: upstream.url });
    const client = new RawClient(command.origin);
    const content = noise(300_000);
    const body = upload(content);
    await client.write(head(body.length), body.subarray(0, 200_000));
    await until(() => expect(command.spool.files()).toHaveLength(1));
    command.child.kill('SIGTERM');
    await command.written(/accepts no more connections/);
    await client.write(body.subarray(200_000));
    expect(result(await client.answer())).toMatchObject(sent);
    expect(await command.ended).toBe(0);
    expect(upstream.requests[0]?.body.includes(content)).toBe(true);
    expect(command.spool.files()).toEqual([]);
  });

  test.each<[name: string, size: number, limit: number]>([
    ['in the first write', 170_000, 32_768],
    ['much later', 400_000, 262_144],
    ['with the last byte', 163_841, 163_840],
    ['shortly before the end', 164_500, 163_840],
  ])('that cannot write a whole file sends nothing: %s', async (_name, size, limit) => {
    const upstream = await startRawUpstream();
    const command = await startCommand({ DASHLY_API_URL: upstream.url }, limit);
    const answer = await sendForm(command.origin, upload(noise(size)));
    expect(upstream.connections()).toBe(0);
    expect(result(answer)).toMatchObject(failedInternally);
    await until(() => expect(command.output.out).toMatch(/Unexpected error in request/));
    await command.spool.becomesEmpty();
    // A file that fits is still sent.
    expect(result(await sendForm(command.origin, upload(noise(limit))))).toMatchObject(sent);
    expect(upstream.requests.at(-1)?.body.includes(noise(limit))).toBe(true);
  });

  test('disconnects an idle client', async () => {
    if (!silence) return expect.unreachable();
    expect(await silence.answer).toMatch(
      /^HTTP\/1\.1 408 .*No byte of the request arrived for 15 seconds\./s,
    );
    await silence.command.spool.becomesEmpty();
    expect(silence.command.output.err).toBe('');
    expect(silence.command.output.out).not.toContain('"level":"error"');
  });

  test('leaves no file if its stop times out', async () => {
    if (!stubborn) return expect.unreachable();
    const { command, began } = stubborn;
    expect(await command.ended).toBe(0);
    expect(performance.now() - began).toBeGreaterThan(5_000);
    expect(command.spool.files()).toEqual([]);
  });
});
