/** A body is read in the encodings that Dashly documents, and refused if it is malformed. */

import { afterAll, expect, test } from 'vitest';
import { startSandbox } from '../../../../src/sandbox/start-sandbox.ts';

const sandbox = await startSandbox();
afterAll(() => sandbox.close());

const token = { authorization: 'Token sandbox' };

test.each([
  ['application/json', '{"body":"Hello"}'],
  ['text/plain', 'body=Hello'],
  ['', 'body=Hello'],
  ['application/x-www-form-urlencoded; charset=windows-1251', 'body=Hello'],
  ['application/x-www-form-urlencoded', 'body=100%'],
  ['application/x-www-form-urlencoded', 'body=%ff'],
  ['multipart/form-data', '--b\r\n'],
  ['multipart/form-data; boundary=b', '--b\r\nhello'],
])(
  'responds to a body of type "%s" that contains %s with BadRequest, and stores the call',
  async (contentType, body) => {
    const response = await fetch(`${sandbox.url}/conversations/1/reply?external_id=q`, {
      method: 'POST',
      headers: { ...token, 'content-type': contentType },
      body: Buffer.from(body),
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ meta: { status: 400, error: 'BadRequest' }, data: {} });
    expect(sandbox.received.at(-1)).toMatchObject({
      contentType,
      fields: [['external_id', 'q']],
      partId: null,
    });
  },
);

test.each<[encoding: string, toBody: (count: number) => URLSearchParams | FormData]>([
  ['urlencoded', (count) => new URLSearchParams(Array.from({ length: count }, () => ['body', 'x']))],
  [
    'multipart',
    (count) => {
      const form = new FormData();
      for (let index = 0; index < count; index++) form.append('body', 'x');
      return form;
    },
  ],
])('accepts a %s form of 1,000 fields and refuses one of 1,001', async (_encoding, toBody) => {
  const before = sandbox.received.length;
  const send = (count: number) =>
    fetch(`${sandbox.url}/conversations/1/reply`, {
      method: 'POST',
      headers: token,
      body: toBody(count),
    });
  expect((await send(1_000)).status).toBe(200);
  const refused = await send(1_001);
  expect([refused.status, await refused.json()]).toMatchObject([400, { meta: { error: 'BadRequest' } }]);
  expect(sandbox.received.slice(before).map(({ fields }) => fields.length)).toEqual([1_000, 0]);
});
