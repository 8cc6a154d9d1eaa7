/** Ids are unique and too large for a double, and everything that is stored has a limit in bytes. */

import { expect, onTestFinished, test } from 'vitest';
import { createIdGenerator } from '../../src/sandbox/sandbox-state.ts';
import { startSandbox } from '../../src/sandbox/start-sandbox.ts';
import { click, clickPathsIn, readPage } from './pages/read-page.ts';
import { createPart, postReply } from './post-reply.ts';

const mebibyte = 1024 * 1024;

async function start() {
  const sandbox = await startSandbox();
  onTestFinished(() => sandbox.close());
  return sandbox;
}

/** A JSON object of about this many characters, whose parsed value takes twenty times as many bytes. */
const wideJson = (characters: number) => `{"a":[${'{},'.repeat(characters / 3)}{}]}`;

test('ids increase, fit into 64 bits, and change if they are read as doubles', () => {
  const newId = createIdGenerator();
  const ids = Array.from({ length: 1_000 }, newId);
  let last = 2n ** 53n;
  for (const id of ids) {
    expect(BigInt(id)).toBeGreaterThan(last);
    expect(BigInt(id)).toBeLessThan(2n ** 64n);
    expect(BigInt(Number(id))).not.toBe(BigInt(id));
    last = BigInt(id);
  }
});

test('the ids of a later generator are larger', () => {
  const earlier = createIdGenerator(1_700_000_000_000);
  const later = createIdGenerator(1_700_000_000_001);
  for (let count = 0; count < 1_000; count += 1) earlier();
  expect(BigInt(later())).toBeGreaterThan(BigInt(earlier()));
});

test('keeps the last 1,000 calls', async () => {
  const own = await start();
  for (let sent = 0; sent < 1_005; sent += 15) {
    const batch = Array.from({ length: 15 }, (_, index) =>
      postReply(own.url, { fields: { body: 'x', external_id: String(sent + index) } }),
    );
    await Promise.all(batch);
  }
  expect(own.received).toHaveLength(1_000);
  // Calls of one batch may arrive in any order; the five that were dropped are of the first batch.
  const kept = own.received.map((it) => Number(it.fields[1]?.[1]));
  expect(new Set(kept).size).toBe(1_000);
  expect(kept.filter((it) => it < 15)).toHaveLength(10);
  expect(Math.max(...kept)).toBe(1_004);
});

test('drops messages by the memory that they take, not by the length of their text', async () => {
  const { url } = await start();
  await createPart(url, { fields: { body: 'Oldest message' } });
  const fields = { body: 'Wide', body_json: wideJson(mebibyte / 2) };
  for (let count = 0; count < 10; count++) expect((await postReply(url, { fields })).status).toBe(200);
  const { list, agent } = await readPage(url);
  // Each takes 12 of the 64 MiB.
  expect(list).toContain('<small>5 new messages</small>');
  expect(agent).not.toContain('Oldest message');
});

test('counts the data of clicked buttons', async () => {
  const { url } = await start();
  const actions = `[{"type":"quick_reply","body":"Yes","meta_data":${wideJson(mebibyte / 2)}}]`;
  for (let count = 0; count < 4; count++) {
    await postReply(url, { fields: { body: 'Well?', actions } });
    const [path = ''] = clickPathsIn((await readPage(url)).customer);
    expect((await click(url, path, '0')).status).toBe(303);
  }
  expect((await readPage(url)).list).toContain('<small>5 new messages</small>');
});

test('counts a file with the whole body that its bytes keep in memory', async () => {
  const { url } = await start();
  const links: string[] = [];
  for (let count = 0; count < 4; count++) {
    const fields = new FormData();
    fields.append('attachment', new File(['x'], 'small.txt'));
    fields.append('padding', 'x'.repeat(20 * mebibyte));
    const { text } = await postReply(url, { fields });
    links.push(JSON.parse(text).data.attachments[0].url);
  }
  const statuses = await Promise.all(links.map(async (link) => (await fetch(link)).status));
  expect(statuses).toEqual([404, 200, 200, 200]);
});
