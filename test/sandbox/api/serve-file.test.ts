/** Attachments are served byte for byte. */

import { randomBytes } from 'node:crypto';
import { afterAll, expect, test } from 'vitest';
import { startSandbox } from '../../../src/sandbox/start-sandbox.ts';
import { postReply } from '../post-reply.ts';
import { rawReply, sendRaw } from '../send-raw.ts';

const sandbox = await startSandbox();
afterAll(() => sandbox.close());

async function sendFile(file: File, fields: Record<string, string> = {}) {
  const form = new FormData();
  form.append('id_as_string', 'true');
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  form.append('attachment', file);
  const { text } = await postReply(sandbox.url, { fields: form });
  return JSON.parse(text).data.attachments;
}

test.each(['photo.png', 'say "hi" (1).png', 'Привет 🎉.png', "it's 100%.png", 'a/b\\c.png', '...'])(
  'stores a file with the name %s, and serves it byte for byte',
  async (name) => {
    const bytes = randomBytes(70_001);
    const [attachment, ...others] = await sendFile(new File([bytes], name, { type: 'image/png' }));
    expect(others).toEqual([]);
    expect(attachment).toEqual({
      type: 'file',
      id: expect.stringMatching(/^\d{19}$/),
      filename: name,
      mime_type: 'image/png',
      size: 70_001,
      url: expect.stringContaining(`${sandbox.url}/attachments/${attachment.id}/`),
      created: expect.any(Number),
    });

    const sent = sandbox.received.at(-1)?.file;
    expect(sent).toMatchObject({ fieldName: 'attachment', filename: name, mimeType: 'image/png' });
    expect(bytes.equals(sent?.bytes ?? new Uint8Array())).toBe(true);

    const served = await fetch(attachment.url);
    expect(served.status).toBe(200);
    expect(bytes.equals(await served.bytes())).toBe(true);
    expect(served.headers.get('content-type')).toBe('image/png');
    expect(served.headers.get('content-length')).toBe('70001');
    expect(served.headers.get('x-content-type-options')).toBe('nosniff');
    const disposition = served.headers.get('content-disposition') ?? '';
    const encoded = /^attachment; filename\*=UTF-8''([\w%.~!-]+)$/.exec(disposition)?.[1] ?? '';
    expect(decodeURIComponent(encoded)).toBe(name);
  },
);

test('uses attachment_file_name instead of the name in the part', async () => {
  const [attachment] = await sendFile(new File(['x'], 'x.bin'), { attachment_file_name: 'Отчёт "1".pdf' });
  expect(attachment.filename).toBe('Отчёт "1".pdf');
  expect(sandbox.received.at(-1)?.file?.filename).toBe('x.bin');

  const [parent] = await sendFile(new File(['y'], 'x.bin'), { attachment_file_name: '..' });
  expect(parent.filename).toBe('..');
  expect(await (await fetch(parent.url)).text()).toBe('y');
});

test('accepts an empty file', async () => {
  const [attachment] = await sendFile(new File([], 'empty.txt', { type: 'text/plain' }));
  expect(attachment).toMatchObject({ filename: 'empty.txt', size: 0 });
  const served = await fetch(attachment.url);
  expect(served.headers.get('content-length')).toBe('0');
  expect(await served.text()).toBe('');
});

test('serves a file as bytes if its media type is not valid in a header', async () => {
  const body =
    '--b\r\nContent-Disposition: form-data; name="attachment"; filename="a"\r\nContent-Type: téxt/pläin\r\n\r\nhello\r\n--b--';
  const headers = { 'content-type': 'multipart/form-data; boundary="b"', connection: 'close' };
  const { received } = await sendRaw(sandbox.port, rawReply('1', body, headers));
  const url = /"url":"([^"]+)"/.exec(received.toString())?.[1] ?? '';
  expect(received.toString()).toContain('"mime_type":"téxt/pläin"');
  const served = await fetch(url);
  expect(served.headers.get('content-type')).toBe('application/octet-stream');
  expect(await served.text()).toBe('hello');
});

test('responds to HEAD with the size only', async () => {
  const [attachment] = await sendFile(new File(['hello'], 'a.txt'));
  const served = await fetch(attachment.url, { method: 'HEAD' });
  expect(served.headers.get('content-length')).toBe('5');
  expect(await served.text()).toBe('');
});

test('responds to an unknown attachment with Error404', async () => {
  const served = await fetch(`${sandbox.url}/attachments/1/a.txt`);
  expect(served.status).toBe(404);
  expect(await served.json()).toMatchObject({ meta: { error: 'Error404' } });
});

test('serves the avatar of the admins', async () => {
  const { text } = await postReply(sandbox.url);
  const served = await fetch(JSON.parse(text).data.from.avatar);
  expect(served.headers.get('content-type')).toBe('image/svg+xml');
  expect(await served.text()).toMatch(/^<svg /);
});
