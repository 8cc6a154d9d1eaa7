/** Every scenario responds as its title describes. */

import { afterAll, describe, expect, test } from 'vitest';
import { allScenarios, findScenario, listScenarios } from '../../../src/sandbox/scenarios/scenarios.ts';
import { startSandbox } from '../../../src/sandbox/start-sandbox.ts';
import { RawClient, sleep } from '../../support/gateway/raw-client.ts';
import { until } from '../../support/until.ts';
import { getParts } from '../get-parts.ts';
import { createPart, postReply } from '../post-reply.ts';
import { rawReply, sendRaw } from '../send-raw.ts';

const sandbox = await startSandbox();
afterAll(() => sandbox.close());

const tested = new Set<string>();

/** A test of one scenario, which also checks whether the scenario creates the reply. */
function testScenario(id: string, title: string, run: () => Promise<void>): void {
  tested.add(id);
  test(`${id}: ${title}`, async () => {
    const before = sandbox.received.length;
    await run();
    const scenario = findScenario(id);
    const received = sandbox.received.slice(before);
    if (scenario?.creates === false && scenario.skipsBody) {
      expect(received).toEqual([]);
      return;
    }
    expect(received.length).toBeGreaterThan(0);
    for (const reply of received) {
      expect(reply.conversationId).toBe(id);
      expect(reply.partId).toEqual(scenario?.creates ? expect.stringMatching(/^\d{19}$/) : null);
    }
  });
}

describe('success', () => {
  testScenario('1', 'as documented', async () => {
    expect(await createPart(sandbox.url)).toMatchObject({ body: 'Hello', type: 'reply_admin' });
  });

  testScenario('2', 'ids are numbers even with id_as_string', async () => {
    const fields = { body: 'x', id_as_string: 'true', from_admin: '9007199254740993' };
    const { text } = await postReply(sandbox.url, { id: '2', fields });
    expect(text).toMatch(/^\{"data":\{"id":\d{19},.*"conversation":2,.*"from":\{"id":9007199254740993,/);
  });

  testScenario('3', 'undocumented values', async () => {
    const actions = '[{"type":"quick_reply","body":"Mine"}]';
    const part = await createPart(sandbox.url, { id: '3', fields: { actions } });
    expect(part).toMatchObject({
      direction: 'u2u',
      type: 'reply_hologram',
      sent_via: 'smart_mirror',
      reply_type: 'gesture',
      mood: 'curious',
      from: { id: expect.stringMatching(/^\d{19}$/), type: 'oracle' },
    });
    expect(part.actions.map((it: { type: string; body?: string }) => [it.type, it.body])).toEqual([
      ['quick_reply', 'Mine'],
      ['quick_reply', 'Wave'],
      ['date_picker', undefined],
    ]);
    expect((await createPart(sandbox.url, { id: '3', fields: { from_user: '5' } })).from).toBe('5');
  });

  testScenario('4', 'sparse', async () => {
    const part = await createPart(sandbox.url, {
      id: '4',
      fields: { external_id: 'x', include_random_id: '1' },
    });
    expect(part).toEqual({
      id: expect.any(String),
      created: expect.any(Number),
      conversation: '4',
      body: 'Hello',
      body_json: {},
      type: 'note',
      sent_via: '',
      meta_data: {},
      reply_type: 'no',
      edited: part.created + 0.25,
      removed: part.created + 0.5,
      part_group: null,
      from: null,
    });
    expect(part.created % 1).toBe(0.25);
  });

  testScenario('5', 'no assign_part', async () => {
    const part = await createPart(sandbox.url, { id: '5', fields: { auto_assign: '1' } });
    expect(part).not.toHaveProperty('assign_part');
    expect(part.type).toBe('reply_admin');
  });

  testScenario('6', 'slow', async () => {
    const start = performance.now();
    await createPart(sandbox.url, { id: '6' });
    expect(performance.now() - start).toBeGreaterThan(1_900);
  });

  testScenario('7', 'rich', async () => {
    const form = new FormData();
    form.append('attachment', new File(['mine'], 'mine.txt'));
    const { text } = await postReply(sandbox.url, { id: '7', fields: form });
    for (const number of ['12345678901234567890', '0.1000000000000000055511151231257827', '-1.50', '1e400']) {
      expect(text).toMatch(new RegExp(`[:,\\[]${number.replaceAll('.', '\\.')}[,}\\]]`));
    }
    const { attachments } = JSON.parse(text).data;
    expect(attachments.map((it: { filename: string }) => it.filename)).toEqual([
      'Привет "мир" 🎉.txt',
      'empty.csv',
      'mine.txt',
    ]);
    expect(await (await fetch(attachments[0].url)).text()).toBe('Hello from the sandbox.\n');
  });

  testScenario('8', 'no assignee', async () => {
    const { assign_part } = await createPart(sandbox.url, { id: '8', fields: { auto_assign: '1' } });
    expect(assign_part).toMatchObject({ type: 'assigned', assignee: null, from: { type: 'default_admin' } });
    expect(assign_part.from).not.toHaveProperty('id');
    expect(await createPart(sandbox.url, { id: '8' })).not.toHaveProperty('assign_part');
  });

  testScenario('1789152', 'as documented', async () => {
    const part = await createPart(sandbox.url, { id: '1789152', fields: { from_admin: '8164' } });
    expect(part).toMatchObject({ conversation: '1789152', from: { id: '8164', name: 'Admin 8164' } });
  });
});

describe('reading', () => {
  const marked = (randomId: number) => ({
    body: 'Hello',
    include_random_id: 'true',
    random_id: String(randomId),
  });
  const findPart = async (id: string, randomId: number) => {
    const { data } = await getParts(sandbox.url, { id, query: { include_random_id: 'true' } });
    return data.find(({ random_id }) => random_id === randomId);
  };

  testScenario('60', '60 earlier parts', async () => {
    const part = await createPart(sandbox.url, { id: '60' });
    const before = { paginate_position: JSON.stringify([part.id]) };
    const first = await getParts(sandbox.url, { id: '60', query: { ...before, paginate_count: '50' } });
    const position = JSON.stringify(first.meta['next_before_position']);
    const rest = await getParts(sandbox.url, { id: '60', query: { paginate_position: position } });
    expect([first.data.length, rest.data.length, rest.meta['next_before_position']]).toEqual([50, 10, null]);
  });

  testScenario('5041', 'the reply can be read after one second', async () => {
    const start = performance.now();
    const { status, headers } = await postReply(sandbox.url, { id: '5041', fields: marked(11) });
    expect([status, headers.get('content-type')]).toEqual([504, 'text/html']);
    await until(async () => expect(await findPart('5041', 11)).toMatchObject({ body: 'Hello' }));
    expect(performance.now() - start).toBeGreaterThanOrEqual(1_000);
  });

  testScenario('5042', 'parts cannot be read', async () => {
    expect((await postReply(sandbox.url, { id: '5042', fields: marked(12) })).status).toBe(504);
    const { status, meta } = await getParts(sandbox.url, { id: '5042' });
    expect([status, meta['error']]).toEqual([403, 'PermissionDeniedError']);
  });

  testScenario('5043', 'no random_id', async () => {
    expect((await postReply(sandbox.url, { id: '5043', fields: marked(13) })).status).toBe(504);
    const query = { include_random_id: 'true', include_read: 'true' };
    const { data } = await getParts(sandbox.url, { id: '5043', query });
    expect(data[0]).toMatchObject({ body: 'Hello', read: false });
    for (const part of data) expect(part).not.toHaveProperty('random_id');
  });

  testScenario('2010', 'another random_id in the response', async () => {
    for (const randomId of [1, 2, 2147483647]) {
      const { random_id: echoed } = await createPart(sandbox.url, { id: '2010', fields: marked(randomId) });
      expect([1, 2]).toContain(echoed);
      expect(echoed).not.toBe(randomId);
      expect(await findPart('2010', randomId)).toMatchObject({ body: 'Hello' });
    }
    expect(await createPart(sandbox.url, { id: '2010' })).not.toHaveProperty('random_id');
  });

  testScenario('2011', 'two responses to one request', async () => {
    const client = new RawClient(sandbox.url);
    await client.write(rawReply('2011', 'body=Hello'));
    const first = await client.answer();
    const second = await client.answer();
    expect([first.status, second.status]).toEqual([200, 200]);
    expect(first.body.data.body).toBe('Hello');
    expect(second.body).toEqual(first.body);
    expect(client.isClosed).toBe(false);
  });

  test.each(['504', '2003', '2004', '2005', '2006', '2008', '2009', '204', '2011'])(
    'conversation %s: the reply can be read, with its random_id',
    async (id) => {
      const client = new RawClient(sandbox.url);
      const randomId = 1_000_000 + Number(id);
      await client.write(rawReply(id, String(new URLSearchParams(marked(randomId)))));
      await until(async () => expect(await findPart(id, randomId)).toMatchObject({ body: 'Hello' }));
      client.goAway();
    },
  );

  test.each(['500', '502', '503', '2001', '2002', '2007', '9001', '9003', '9004', '9005', '302', '429'])(
    'conversation %s: parts can be read, and the reply is not among them',
    async (id) => {
      const before = sandbox.received.length;
      const client = new RawClient(sandbox.url);
      await client.write(rawReply(id, String(new URLSearchParams(marked(77)))));
      await until(() => expect(sandbox.received.length).toBeGreaterThan(before));
      const { status, data } = await getParts(sandbox.url, { id, query: { include_random_id: 'true' } });
      expect([status, data.length]).toEqual([200, 4]);
      expect(await findPart(id, 77)).toBeUndefined();
      client.goAway();
    },
  );
});

describe('errors in an envelope', () => {
  const expectRefusal = async (id: string, status: number, error: string, httpStatus = status) => {
    const answer = await postReply(sandbox.url, { id });
    expect(answer.status).toBe(httpStatus);
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
    const { meta, data } = JSON.parse(answer.text);
    expect(meta).toMatchObject({ status, error, error_message: expect.stringMatching(/\.$/) });
    expect(data).toEqual({});
    return { meta, headers: answer.headers };
  };

  for (const [id, status, error] of [
    ['4001', 400, 'ReplyTooBig'],
    ['4004', 400, 'BadRequest'],
    ['4005', 400, 'LookupError'],
    ['4006', 400, 'ConversationLocked'],
    ['401', 401, 'NotAuthenticated'],
    ['403', 403, 'PermissionDeniedError'],
    ['404', 404, 'Error404'],
    ['405', 405, 'MethodNotAllowed'],
    ['418', 418, 'TeapotError'],
    ['500', 500, 'Error500'],
  ] as const) {
    testScenario(id, error, async () => {
      const { meta } = await expectRefusal(id, status, error);
      expect(meta).not.toHaveProperty('error_fields');
    });
  }

  testScenario('4002', 'fields as an object', async () => {
    const { meta } = await expectRefusal('4002', 400, 'ValidationError');
    expect(Object.keys(meta.error_fields)).toEqual(['body', 'actions']);
  });

  testScenario('4003', 'fields as a list', async () => {
    const { meta } = await expectRefusal('4003', 400, 'ValidationError');
    expect(meta.error_fields).toEqual(['body', 'actions']);
  });

  for (const [id, retryAfter] of [
    ['429', '2'],
    ['4290', null],
    ['4292', 'soon'],
  ] as const) {
    testScenario(id, `Retry-After ${retryAfter}`, async () => {
      const { headers } = await expectRefusal(id, 429, 'TooManyRequests');
      expect(headers.get('retry-after')).toBe(retryAfter);
    });
  }

  testScenario('4291', 'Retry-After a date', async () => {
    const before = Date.now();
    const { headers } = await expectRefusal('4291', 429, 'TooManyRequests');
    const text = headers.get('retry-after') ?? '';
    expect(new Date(text).toUTCString()).toBe(text);
    // In whole seconds.
    expect(Date.parse(text)).toBeGreaterThan(before + 1_000);
    expect(Date.parse(text)).toBeLessThanOrEqual(Date.now() + 2_000);
  });

  testScenario('2001', 'HTTP says 200, meta 400', async () => {
    await expectRefusal('2001', 400, 'LookupError', 200);
  });

  testScenario('2002', 'HTTP says 200, meta 500', async () => {
    await expectRefusal('2002', 500, 'Error500', 200);
  });

  testScenario('2007', 'HTTP says 500, meta 400', async () => {
    await expectRefusal('2007', 400, 'ValidationError', 500);
  });

  test('a conversation without a scenario: LookupError', async () => {
    for (const id of ['9', '18446744073709551615']) {
      await expectRefusal(id, 400, 'LookupError');
      expect(sandbox.received.at(-1)).toMatchObject({ conversationId: id, partId: null });
    }
  });
});

describe('HTML pages of a proxy', () => {
  for (const status of [302, 413, 422, 502, 503, 504]) {
    testScenario(String(status), 'HTML', async () => {
      const answer = await postReply(sandbox.url, { id: String(status) });
      expect(answer.status).toBe(status);
      expect(answer.headers.get('content-type')).toBe('text/html');
      expect(answer.text).toMatch(new RegExp(`^<html>[\\s\\S]*<h1>${status} [A-Z]`));
      expect(answer.headers.get('location')).toBe(
        status === 302 ? `${sandbox.url}/conversations/1/reply` : null,
      );
    });
  }
});

describe('unreadable responses', () => {
  testScenario('2003', 'not JSON', async () => {
    const { status, headers, text } = await postReply(sandbox.url, { id: '2003' });
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(() => JSON.parse(text)).toThrow(SyntaxError);
  });

  testScenario('2004', 'another shape', async () => {
    const { status, text } = await postReply(sandbox.url, { id: '2004' });
    expect(status).toBe(200);
    expect(JSON.parse(text)).toEqual({
      data: { reply: { uuid: expect.any(Number), text: 'Hello' } },
      meta: { status: 200 },
    });
  });

  testScenario('2005', 'truncated', async () => {
    const { received, ending } = await sendRaw(sandbox.port, rawReply('2005', 'body=Hello'));
    const [head = '', body = ''] = received.toString().split('\r\n\r\n');
    expect(ending).toBe('end');
    expect(head).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(body).toMatch(/^\{"data":\{"id":/);
    expect(Number(/content-length: (\d+)/i.exec(head)?.[1])).toBeGreaterThan(body.length);
    await expect(postReply(sandbox.url, { id: '2005' })).rejects.toThrow();
  });

  testScenario('2008', 'null', async () => {
    expect(await postReply(sandbox.url, { id: '2008' })).toMatchObject({ status: 200, text: 'null' });
  });

  testScenario('2009', 'very long', async () => {
    const { status, text } = await postReply(sandbox.url, { id: '2009' });
    expect(status).toBe(200);
    expect(text.length).toBeGreaterThan(32 * 1024 * 1024);
    expect(JSON.parse(text).data.body).toBe('Hello');
  });

  testScenario('204', 'no body', async () => {
    expect(await postReply(sandbox.url, { id: '204' })).toMatchObject({ status: 204, text: '' });
  });
});

describe('broken connections', () => {
  const patience = 500;

  testScenario('2006', 'nothing after the headers', async () => {
    const client = new RawClient(sandbox.url);
    await client.write(rawReply('2006', 'body=Hello'));
    const head = /^HTTP\/1\.1 200 OK\r\n[\s\S]*content-length: 1000\r\n[\s\S]*\r\n\r\n$/i;
    await until(() => expect(client.rest).toMatch(head));
    await sleep(patience);
    expect(client.rest).toMatch(head);
    expect(client.isClosed).toBe(false);
  });

  testScenario('9001', 'closes the connection', async () => {
    const { received, ending } = await sendRaw(sandbox.port, rawReply('9001', 'body=Hello'));
    expect({ ending, received: received.toString() }).toEqual({ ending: 'end', received: '' });
  });

  testScenario('9002', 'closes the connection before the body', async () => {
    const headers = { 'content-length': '1000000' };
    const { received, ending } = await sendRaw(sandbox.port, rawReply('9002', '', headers));
    expect(['end', 'ECONNRESET']).toContain(ending);
    expect(received.toString()).toBe('');
  });

  testScenario('9003', 'no response', async () => {
    const { received, ending } = await sendRaw(sandbox.port, rawReply('9003', 'body=Hello'), { patience });
    expect({ ending, received: received.toString() }).toEqual({ ending: 'timeout', received: '' });
  });

  testScenario('9004', 'not HTTP', async () => {
    const { received, ending } = await sendRaw(sandbox.port, rawReply('9004', 'body=Hello'));
    expect({ ending, received: received.toString() }).toEqual({
      ending: 'end',
      received: 'What conversation?\r\n\r\n',
    });
  });

  testScenario('9005', 'resets the connection', async () => {
    const { received, ending } = await sendRaw(sandbox.port, rawReply('9005', 'body=Hello'));
    expect({ ending, received: received.toString() }).toEqual({ ending: 'ECONNRESET', received: '' });
  });
});

test('token and parameters are checked before the scenario applies', async () => {
  for (const { id, ...scenario } of allScenarios) {
    const unknown = await postReply(sandbox.url, { id, headers: { authorization: 'Token other' } });
    expect(unknown.status, id).toBe(401);
    if ('skipsBody' in scenario) continue;
    const invalid = await postReply(sandbox.url, { id, fields: { random_id: 'x' } });
    expect(JSON.parse(invalid.text).meta.error_fields, id).toHaveProperty('random_id');
  }
});

test('every scenario is tested above, and has a unique id', () => {
  const ids = allScenarios.map((it) => it.id);
  expect([...tested].sort()).toEqual([...new Set(ids)].sort());
  expect(new Set(ids).size).toBe(ids.length);
});

test('lists every scenario once, in lines of at most 100 characters', () => {
  const lines = listScenarios().split('\n');
  for (const { id, title } of allScenarios) {
    expect(lines.filter((line) => line === `  ${id.padStart(7)}  ${title}`)).toHaveLength(1);
  }
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(100);
  expect(lines.filter((line) => line.startsWith('  '))).toHaveLength(allScenarios.length);
});
