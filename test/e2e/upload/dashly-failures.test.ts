/** Failures of Dashly while it receives a file, and what they prove about the delivery. */

import { describe, expect, test } from 'vitest';
import { sendForm, sleep } from '../../support/gateway/raw-client.ts';
import { MiB, result, sent, watchUploads } from '../../support/gateway/start-upload-gateway.ts';
import { file, form, map, replyOperations, upload } from '../../support/multipart-body.ts';
import { noise } from '../../support/noise.ts';
import { until } from '../../support/until.ts';
import { answerBytes, okBytesFor, startRawUpstream } from '../../support/upstream/start-raw-upstream.ts';
import { startTcpUpstream } from '../../support/upstream/start-upstream.ts';

const { startUploadGateway } = watchUploads();

describe('a Dashly that fails', () => {
  const large = upload(noise(6 * MiB));
  const unauthorized = JSON.stringify({ meta: { status: 401, error: 'NotAuthenticated' } });

  test('with 413 and an HTML page rejects the file', async () => {
    const upstream = await startRawUpstream({
      answer: (socket) =>
        void socket.write(answerBytes(413, '<html>413 Request Entity Too Large</html>', 'text/html')),
    });
    const gateway = await startUploadGateway({ DASHLY_API_URL: upstream.url, UPLOAD_MAX_BYTES: '54321' });
    expect(result(await sendForm(gateway.origin, upload()))).toMatchObject({
      __typename: 'AttachmentTooBigError',
      delivery: 'NOT_DELIVERED',
      maxBytes: 54_321,
    });
    expect(upstream.requests).toHaveLength(1);
  });

  test.each<[name: string, bytes: number]>([
    ['the first byte', 1],
    ['the first 100,000 bytes', 100_000],
    ['3 MiB', 3 * MiB],
  ])('resets the connection after %s: the outcome is unknown', async (_name, bytes) => {
    const upstream = await startRawUpstream({
      onBytes: (socket, received) => {
        if (received >= bytes) socket.resetAndDestroy();
      },
    });
    const gateway = await startUploadGateway({ DASHLY_API_URL: upstream.url });
    expect(result(await sendForm(gateway.origin, large))).toMatchObject({
      __typename: 'DashlyUnavailableError',
      reason: 'UNREACHABLE',
      delivery: 'UNKNOWN',
    });
    await sleep(30);
    expect(upstream.begun()).toBe(1);
    expect(upstream.requests).toEqual([]);
  });

  test.each<[name: string, close: 'keeps' | 'closes']>([
    ['and reads on', 'keeps'],
    ['and closes the connection', 'closes'],
  ])('rejects before it has the body, %s: the rejection counts', async (_name, close) => {
    const upstream = await startRawUpstream({
      onHead: (socket) => {
        const more = close === 'closes' ? 'connection: close\r\n' : '';
        socket.write(answerBytes(401, unauthorized, 'application/json', more));
        if (close === 'closes') socket.end();
      },
      answer: () => {},
    });
    const gateway = await startUploadGateway({ DASHLY_API_URL: upstream.url });
    expect(result(await sendForm(gateway.origin, large))).toMatchObject({
      __typename: 'NotAuthenticatedError',
      delivery: 'NOT_DELIVERED',
    });
    await sleep(30);
    expect(upstream.begun()).toBe(1);
    // The connection, on which half of the body may be missing, is not reused.
    await sendForm(gateway.origin, upload());
    expect(upstream.connections()).toBe(2);
  });

  test('sends 100 before its response', async () => {
    const upstream = await startRawUpstream({
      answer: (socket, request) => void socket.write(`HTTP/1.1 100 Continue\r\n\r\n${okBytesFor(request)}`),
    });
    const gateway = await startUploadGateway({ DASHLY_API_URL: upstream.url });
    const answer = await sendForm(gateway.origin, upload());
    expect(result(answer).__typename).toBeOneOf(['ReplyToConversationPayload', 'DashlyUnavailableError']);
    expect(upstream.begun()).toBe(1);
  });

  test('does not read: the call ends at the time limit', async () => {
    const upstream = await startTcpUpstream((socket) => void socket.pause());
    const gateway = await startUploadGateway({ DASHLY_API_URL: upstream, DASHLY_TIMEOUT_MS: '2000' });
    expect(result(await sendForm(gateway.origin, upload(noise(10 * MiB))))).toMatchObject({
      __typename: 'DashlyUnavailableError',
      reason: 'TIMEOUT',
      delivery: 'UNKNOWN',
    });
  });

  test('does not respond: the call ends at the time limit', async () => {
    const upstream = await startRawUpstream({ answer: () => {} });
    const gateway = await startUploadGateway({ DASHLY_API_URL: upstream.url, DASHLY_TIMEOUT_MS: '2000' });
    expect(result(await sendForm(gateway.origin, upload()))).toMatchObject({
      reason: 'TIMEOUT',
      delivery: 'UNKNOWN',
    });
    expect(upstream.begun()).toBe(1);
  });

  test('is unreachable: nothing was sent', async () => {
    const gateway = await startUploadGateway({ DASHLY_API_URL: 'http://127.0.0.1:9' });
    expect(result(await sendForm(gateway.origin, upload()))).toMatchObject({
      reason: 'UNREACHABLE',
      delivery: 'NOT_DELIVERED',
    });
  });

  test('ends idle connections: the next file is sent completely on another one', async () => {
    let closed = 0;
    const upstream = await startRawUpstream({
      answer: (socket, request) => {
        socket.once('close', () => closed++);
        socket.end(okBytesFor(request));
      },
    });
    const gateway = await startUploadGateway({ DASHLY_API_URL: upstream.url });
    for (let index = 0; index < 5; index++) {
      const content = noise(70_000 + index);
      const answer = await sendForm(gateway.origin, upload(content));
      expect(result(answer)).toMatchObject(sent);
      expect(upstream.requests.at(-1)?.body.includes(content)).toBe(true);
      // The end of the connection may otherwise cross with the next request.
      await until(() => expect(closed).toBe(index + 1));
    }
    expect(upstream.requests).toHaveLength(5);
  });

  test.each<[conversationId: string, expected: object]>([
    ['413', { __typename: 'AttachmentTooBigError', maxBytes: 10 * MiB }],
    ['401', { __typename: 'NotAuthenticatedError' }],
    ['403', { __typename: 'PermissionDeniedError' }],
    ['429', { __typename: 'TooManyRequestsError' }],
    ['500', { reason: 'SERVER_ERROR', delivery: 'UNKNOWN' }],
    ['502', { reason: 'SERVER_ERROR', delivery: 'UNKNOWN' }],
    ['302', { reason: 'BAD_RESPONSE', delivery: 'UNKNOWN' }],
    ['2003', { reason: 'BAD_RESPONSE', delivery: 'UNKNOWN' }],
    ['2004', { reason: 'BAD_RESPONSE', delivery: 'DELIVERED' }],
    ['9001', { reason: 'UNREACHABLE', delivery: 'UNKNOWN' }],
    ['9002', { reason: 'UNREACHABLE', delivery: 'UNKNOWN' }],
    ['9004', { reason: 'BAD_RESPONSE', delivery: 'UNKNOWN' }],
    ['9005', { reason: 'UNREACHABLE', delivery: 'UNKNOWN' }],
  ])('fails in conversation %s as without a file', async (conversationId, expected) => {
    const gateway = await startUploadGateway();
    for (const content of ['bytes', noise(3 * MiB)]) {
      const body = form(replyOperations({ conversationId }), map(), file(content));
      expect(result(await sendForm(gateway.origin, body))).toMatchObject(expected);
    }
    expect(gateway.sandbox?.received.length).toBeLessThanOrEqual(2);
  });
});
