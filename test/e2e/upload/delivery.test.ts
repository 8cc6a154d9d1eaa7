/** A reply with a file is sent when its request is complete, and not before. */

import { describe, expect, test } from 'vitest';
import { RawClient, sendForm, sleep } from '../../support/gateway/raw-client.ts';
import { MiB, result, sent, watchUploads } from '../../support/gateway/start-upload-gateway.ts';
import {
  boundary,
  closing,
  form,
  head,
  map,
  operations,
  replyOperations,
  upload,
} from '../../support/multipart-body.ts';
import { noise } from '../../support/noise.ts';
import { until } from '../../support/until.ts';
import { okBytesFor, startRawUpstream } from '../../support/upstream/start-raw-upstream.ts';

const { spool, startUploadGateway } = watchUploads();

describe('the request to Dashly', () => {
  test.each([0, 1, 70_000, 3 * MiB])('has an exact length: %i bytes of file', async (size) => {
    const upstream = await startRawUpstream();
    const gateway = await startUploadGateway({ DASHLY_API_URL: upstream.url });
    expect(result(await sendForm(gateway.origin, upload(noise(size))))).toMatchObject(sent);
    const [request] = upstream.requests;
    expect(request?.head).not.toMatch(/^transfer-encoding/im);
    expect(request?.head).not.toMatch(/^expect/im);
    const length = Number(/^content-length: (\d+)$/im.exec(request?.head ?? '')?.[1]);
    const own = /^content-type: multipart\/form-data; boundary=(\S+)$/im.exec(request?.head ?? '')?.[1];
    expect(own).toMatch(/./);
    const text = request?.body.toString('latin1') ?? '';
    // The upstream reads as many bytes as were announced: the body must be complete, and end with the closing boundary.
    expect(text).toHaveLength(length);
    expect(text.endsWith(`\r\n--${own}--\r\n`)).toBe(true);
    expect(text.split(`--${own}`)).toHaveLength(7);
    await sleep(30);
    expect(upstream.bytes()).toBe((request?.head.length ?? 0) + 4 + length);
    expect(upstream.requests).toHaveLength(1);
  });

  const body = upload(noise(150_000));
  test.each<[name: string, held: number]>([
    ['the line break after the closing boundary', 2],
    ['the last byte', 1],
    ['the end of the closing boundary', 4],
    ['the closing boundary', closing.length],
    ['the closing boundary with its line break', closing.length + 2],
    ['the last bytes of the file', closing.length + 10],
    ['all but the first bytes of the file', closing.length + 149_000],
  ])('is sent when the upload is complete, and not before: %s held back', async (_name, held) => {
    const upstream = await startRawUpstream();
    const gateway = await startUploadGateway({ DASHLY_API_URL: upstream.url });
    const client = new RawClient(gateway.origin);
    await client.write(head(body.length), body.subarray(0, -held));
    await until(() => expect(spool.files()).toHaveLength(1));
    expect(spool.open()).toHaveLength(1);
    await client.expectIdle();
    expect(upstream.connections()).toBe(0);
    await client.write(body.subarray(-held));
    expect(result(await client.answer())).toMatchObject(sent);
    expect(upstream.requests).toHaveLength(1);
  });

  const cuts = [0, 1, 30, 100, 200, 400];
  const parts = ['name="operations"', 'name="map"', 'name="0"', closing.toString()].map((text) =>
    body.indexOf(text),
  );
  const around = parts.flatMap((at) => [at - 18, at - 2, at, at + 25]);
  const late = [body.length - 60_000, body.length - 40, body.length - 3, body.length - 2, body.length - 1];
  test.each([...new Set([...cuts, ...around, ...late])].filter((cut) => cut < body.length))(
    'is not sent if the client disconnects after %i bytes of 150,000',
    async (bytes) => {
      const upstream = await startRawUpstream();
      const gateway = await startUploadGateway({ DASHLY_API_URL: upstream.url });
      for (const way of ['goAway', 'reset', 'end'] as const) {
        const client = new RawClient(gateway.origin);
        await client.write(head(body.length), body.subarray(0, bytes));
        await sleep(15);
        client[way]();
        await client.closed();
      }
      await spool.becomesEmpty();
      expect(upstream.connections()).toBe(0);
      // The next request is not affected.
      expect(result(await sendForm(gateway.origin, upload('next')))).toMatchObject(sent);
      expect(upstream.requests).toHaveLength(1);
    },
  );

  test.each([
    ['before the first part', 0],
    ['after the map', upload().indexOf(`--${boundary}\r\nContent-Disposition: form-data; name="0"`)],
    ['after the boundary of the file', upload().indexOf('\r\nContent-Disposition: form-data; name="0"') + 2],
    ['in the header of the file', upload().indexOf('; name="0"')],
    ['in the file', upload().indexOf('bytes') + 2],
  ] as const)('is still sent after many clients disconnected %s', async (_name, bytes) => {
    const gateway = await startUploadGateway();
    for (let round = 0; round < 3; round++) {
      const clients = Array.from({ length: 30 }, () => new RawClient(gateway.origin));
      await Promise.all(clients.map((client) => client.write(head(10_000), upload().subarray(0, bytes))));
      await until(() => expect(gateway.inFlight().requests).toBe(30));
      for (const client of clients) client.goAway();
      await until(() => expect(gateway.inFlight()).toMatchObject({ requests: 0, connections: 0 }));
    }
    expect(result(await sendForm(gateway.origin, upload()))).toMatchObject(sent);
  });

  test('is sent once and completely if the client disconnects after its last byte', async () => {
    const upstream = await startRawUpstream({
      answer: (socket, request) => void setTimeout(() => socket.write(okBytesFor(request)), 150),
      onHead: (socket) => {
        socket.pause();
        setTimeout(() => socket.resume(), 150);
      },
    });
    const gateway = await startUploadGateway({ DASHLY_API_URL: upstream.url });
    const content = noise(6 * MiB);
    const whole = upload(content);
    const client = new RawClient(gateway.origin);
    await client.write(head(whole.length), whole);
    await until(() => expect(upstream.connections()).toBe(1));
    client.reset();
    await until(() => expect(upstream.requests).toHaveLength(1));
    expect(upstream.requests[0]?.body.includes(content)).toBe(true);
    await spool.becomesEmpty();
    expect(upstream.connections()).toBe(1);
  });
});

describe('a response that does not depend on the file', () => {
  const invalid = replyOperations({ conversationId: '0' });
  const fileHead = `--${boundary}\r\nContent-Disposition: form-data; name="0"; filename="a"\r\n\r\n`;
  test.each<[name: string, come: string]>([
    ['right after the boundary that ends the map', `--${boundary}`],
    ['before the header of the file', `--${boundary}\r\n`],
    ['in the header of the file', fileHead.slice(0, -8)],
    ['before the content of the file', fileHead],
    ['in the content of the file', `${fileHead}${'x'.repeat(100_000)}`],
  ])('is sent before the file has arrived: %s', async (_name, come) => {
    const gateway = await startUploadGateway();
    const rest = form(`${fileHead}${'x'.repeat(100_000)}\r\n`).subarray(come.length);
    const before = Buffer.concat([invalid, map(), Buffer.from(come)]);
    const client = new RawClient(gateway.origin);
    await client.write(head(before.length + rest.length), before);
    expect(result(await client.answer())).toMatchObject({
      __typename: 'InvalidReplyError',
      delivery: 'NOT_DELIVERED',
      issues: [{ path: ['conversationId'] }],
    });
    expect(client.isClosed).toBe(false);
    await client.write(rest);
    await client.expectUsableOrClosed();
    expect(gateway.sandbox?.received).toEqual([]);
  });

  test.each<[name: string, headers: Record<string, string | null>, body: Buffer, says: object]>([
    ['an unknown field', {}, operations({}, 'mutation { nope }'), { errors: [{ message: /nope/ }] }],
    [
      'a query without a file',
      {},
      operations({}, '{ replyLimits { attachmentMaxBytes } }'),
      { data: { replyLimits: { attachmentMaxBytes: 10 * MiB } } },
    ],
    [
      'a variable of another type',
      {},
      operations({ input: { conversationId: '1', body: 5, attachment: { file: null } } }),
      { errors: [{ message: /body/ }] },
    ],
  ])('is sent before the file has arrived: %s', async (_name, headers, first, says) => {
    const gateway = await startUploadGateway();
    const hasFile = first.includes('"file":null');
    const before = Buffer.concat([
      first,
      map(hasFile ? undefined : {}),
      Buffer.from(`--${boundary}${hasFile ? fileHead.slice(18) : ''}`),
    ]);
    const client = new RawClient(gateway.origin);
    await client.write(head(before.length + 100, headers), before);
    const { body } = await client.answer();
    const { errors, data } = says as { errors?: { message: RegExp }[]; data?: object };
    if (data) expect(body.data).toMatchObject(data);
    if (errors) expect(body.errors[0].message).toMatch(errors[0]?.message ?? '');
    client.goAway();
    expect(gateway.sandbox?.received).toEqual([]);
  });
});
