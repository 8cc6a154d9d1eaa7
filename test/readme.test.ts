/** Holds the README against what the gateway does: its examples are run as they stand. */

import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { isUnionType } from 'graphql';
import { describe, expect, onTestFinished, test } from 'vitest';
import { readConfig } from '../src/config.ts';
import { replyAnswerMaxBytes } from '../src/conversation/reply-limits.ts';
import { schema } from '../src/graphql/schema.ts';
import { ask, askJson } from './http/ask.ts';
import { sized } from './http/sized-documents.ts';
import { blocksBelow, columnBelow, sectionBelow } from './readme-sections.ts';
import { post } from './reply.ts';
import { startGateway } from './start-gateway.ts';

describe('A reply and its answer', () => {
  const [query = '', ...otherQueries] = blocksBelow('A reply and its answer', 'graphql');
  const [variables = '', answer = '', curlAnswer = ''] = blocksBelow('A reply and its answer', 'json');
  const [curl = ''] = blocksBelow('A reply and its answer', 'sh');

  test('is what the mutation answers', async () => {
    expect(otherQueries).toEqual([]);
    const { body } = await post(await startGateway(), query, variables);
    const expected = JSON.parse(answer);
    expected.data.replyToConversation.part.id = expect.stringMatching(/^\d{19}$/);
    expect(body).toEqual(expected);
  });

  test('is what curl prints', async () => {
    const gateway = await startGateway();
    const command = curl.replace('http://localhost:4000/graphql', gateway.url);
    expect(command).not.toBe(curl);
    const { stdout } = await promisify(execFile)('sh', ['-c', command]);
    expect(JSON.parse(stdout)).toEqual(JSON.parse(curlAnswer));
  });
});

test('an attachment is sent as curl does it', async () => {
  const gateway = await startGateway();
  const [curl = ''] = blocksBelow('Attachments', 'sh');
  const [answer = ''] = blocksBelow('Attachments', 'json');
  const directory = await mkdtemp(join(tmpdir(), 'readme-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  const command = curl.replace('http://localhost:4000/graphql', gateway.url);
  const { stdout } = await promisify(execFile)('sh', ['-c', command], { cwd: directory });
  expect(JSON.parse(stdout)).toEqual(JSON.parse(answer));
  expect(Buffer.from(gateway.sandbox?.received[0]?.file?.bytes ?? []).toString()).toBe(
    'See you on Monday.\n',
  );
});

test('a reply with a key is sent once, as its example asks', async () => {
  const gateway = await startGateway();
  const [query = ''] = blocksBelow('Sending once', 'graphql');
  const send = async () => {
    const { body } = await post(gateway, query, { body: 'Hi', key: 'of-mine' });
    const { __typename, replayed, part } = body.data.replyToConversation;
    expect(__typename).toBe('ReplyToConversationPayload');
    return { replayed, id: part.id };
  };
  const first = await send();
  expect([first, await send()]).toEqual([
    { ...first, replayed: false },
    { ...first, replayed: true },
  ]);
  expect(gateway.sandbox?.received).toHaveLength(1);
});

test('a server of somebody else has the gateway in it, and stops gently, as the example does', async () => {
  const [example = ''] = blocksBelow('Elsewhere than in this repository', 'js');
  const library = new URL('../src/library.ts', import.meta.url).href;
  const script = example
    .replace("'dashly-graphql-gateway'", `'${library}'`)
    .replace("'https://api.dashly.app/v2'", "'sandbox'")
    .replace('server.listen(4000);', 'server.listen(0, () => console.log(server.address().port));');
  for (const text of [library, "'sandbox'", 'listen(0,']) expect(script).toContain(text);
  const child = spawn(process.execPath, ['--input-type=module', '-e', script]);
  onTestFinished(() => void child.kill('SIGKILL'));
  const [port] = await once(child.stdout, 'data');
  const origin = `http://127.0.0.1:${Number(port)}`;
  expect((await ask(`${origin}/hello`)).text).toBe('Hello!');
  expect((await ask(`${origin}/ready`)).status).toBe(200);
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([0, null]);
});

test('every member of the union is in its table, and no other', () => {
  const union = schema.getType('ReplyToConversationResult');
  const members = isUnionType(union) ? union.getTypes().map(({ name }) => name) : [];
  expect(columnBelow('What can become of a reply')).toEqual(members);
});

test('every variable of the configuration is in its table with its default, and no other', () => {
  const { config = {} } = readConfig({});
  const defaults = Object.fromEntries(
    columnBelow('Configuration').map((name, row) => [name, columnBelow('Configuration', 2)[row]]),
  );
  expect(defaults).toEqual(
    Object.fromEntries(
      Object.entries(config).map(([name, value]) => [name, value === null ? '' : String(value)]),
    ),
  );
});

describe('What a request may cost', () => {
  const heading = 'What a request may cost';
  const values = columnBelow(heading, 2);
  const refusals = columnBelow(heading, 3);
  const rows = columnBelow(heading).map((name, row): [string, number, string] => {
    const [, number = '', unit = ''] = /(\d[\d,]*)(?: (MiB|KiB))?/.exec(values[row] ?? '') ?? [];
    const factor = { MiB: 1024 * 1024, KiB: 1024 }[unit] ?? 1;
    return [name, Number(number.replaceAll(',', '')) * factor, refusals[row] ?? ''];
  });

  /** The body of a request with so much in it. */
  const bodies: Record<string, (amount: number) => string> = {
    'replies in an operation': (amount) => JSON.stringify({ query: sized.replies(amount) }),
    'JSON, each body': (amount) => '{"query": "{ __typename }"}'.padEnd(amount),
    'a document': (amount) => JSON.stringify({ query: sized.characters(amount) }),
    '… its tokens': (amount) => JSON.stringify({ query: sized.tokens(amount) }),
    '… its brackets in brackets': (amount) => JSON.stringify({ query: sized.brackets(amount) }),
    '… its fields': (amount) => JSON.stringify({ query: sized.levels(amount) }),
    '… its aliases, counted as often as their fragments are used': (amount) =>
      JSON.stringify({ query: sized.aliasesInFragments(amount) }),
    '… selections of one field in one place, those in fragments included': (amount) =>
      JSON.stringify({ query: sized.mergedInFragments(amount) }),
    '… its directives': (amount) => JSON.stringify({ query: sized.directives(amount) }),
    '… uses of one variable in arguments, each of which is a copy of its value': (amount) =>
      JSON.stringify({ query: sized.variableUses(amount) }),
    '… the schema in an answer, under each name that a part of it is asked for by': (amount) =>
      JSON.stringify({ query: sized.introspectionsOfParts(amount) }),
    'the answers to an operation, as large as they could be': (bytes) => {
      const copies = 8;
      const requestBytes = Math.ceil((bytes / copies - replyAnswerMaxBytes(0)) / 6);
      return JSON.stringify({ query: sized.copies(copies) }).padEnd(requestBytes);
    },
    'JSON in a JSONObject': (levels) => {
      const bodyJson = JSON.parse(`${'{"a":'.repeat(levels - 1)}{}${'}'.repeat(levels - 1)}`);
      const query =
        'mutation ($json: JSONObject) { replyToConversation(input: { conversationId: 1, bodyJson: $json }) { __typename } }';
      return JSON.stringify({ query, variables: { json: bodyJson } });
    },
    'operations in a request': (amount) => {
      const operation = { query: '{ __typename }' };
      return JSON.stringify(amount === 1 ? operation : Array(amount).fill(operation));
    },
  };
  const inAMinute = 'replies of a caller in a minute';

  test('is told in a table of limits that are all tried here', () => {
    expect(rows.map(([name]) => name).sort()).toEqual([...Object.keys(bodies), inAMinute].sort());
  });

  test.each(rows.filter(([name]) => name !== inAMinute))(
    '%s: %i is taken, and more is a %s',
    async (name, limit, refusal) => {
      const gateway = await startGateway();
      const make = bodies[name] ?? String;
      for (const _time of [1, 2]) {
        const taken = await askJson(gateway.url, make(limit));
        expect([taken.status, JSON.parse(taken.text).errors]).toEqual([200, undefined]);
        expect((await askJson(gateway.url, make(limit + 1))).status).toBe(Number(refusal));
      }
    },
  );

  test.each(rows.filter(([name]) => name === inAMinute))(
    '%s: %i are taken, and one more is a %s',
    async (_name, limit, refusal) => {
      const gateway = await startGateway({ RATE_LIMIT_APPLIES_TO: 'dashly-token' });
      const inOne = 5;
      for (let sent = 0; sent < limit; sent += inOne) {
        expect((await askJson(gateway.url, { query: sized.replies(inOne) })).text).not.toContain(refusal);
      }
      expect(gateway.sandbox?.received).toHaveLength(limit);
      expect((await askJson(gateway.url, { query: sized.replies(1) })).text).toContain(refusal);
      expect(gateway.sandbox?.received).toHaveLength(limit);
    },
  );
});

describe('Trusted documents', () => {
  const [curl = ''] = blocksBelow('Trusted documents', 'sh');
  const path = /TRUSTED_DOCUMENTS=([^`\s]+)/.exec(sectionBelow('Trusted documents'))?.[1] ?? '';
  const manifest = fileURLToPath(new URL(`../${path}`, import.meta.url));

  test('are asked for as curl does it, by an id of the manifest', async () => {
    const id = /"documentId": "([^"]*)"/.exec(curl)?.[1] ?? '';
    expect(Object.keys(JSON.parse(readFileSync(manifest, 'utf8')))).toContain(id);
    const gateway = await startGateway({ TRUSTED_DOCUMENTS: manifest });
    const command = curl.replace('http://localhost:4000/graphql', gateway.url);
    expect(command).not.toBe(curl);
    for (const times of [1, 2]) {
      const { stdout } = await promisify(execFile)('sh', ['-c', command]);
      const { data, errors } = JSON.parse(stdout);
      expect([errors, data.replyToConversation.__typename]).toEqual([
        undefined,
        'ReplyToConversationPayload',
      ]);
      expect(gateway.sandbox?.received).toHaveLength(times);
    }
  });
});

test('an API key is made, and its hash put into the environment, as the shell does it', async () => {
  const [shell = ''] = blocksBelow('Who may call', 'sh');
  const print = 'printf "%s %s %s" "$KEY" "$DASHLY_TOKEN" "$API_KEY_HASHES"';
  const command = shell.replace('npm start', `sh -c '${print}'`);
  expect(command).not.toBe(shell);
  const { stdout } = await promisify(execFile)('sh', ['-c', command]);
  const [key = '', DASHLY_TOKEN = '', API_KEY_HASHES = ''] = stdout.split(' ');
  const gateway = await startGateway({ DASHLY_TOKEN, API_KEY_HASHES });
  const query = 'mutation { replyToConversation(input: { conversationId: "1", body: "Hi" }) { __typename } }';
  const params = JSON.stringify({ query });
  const headers = { 'content-type': 'application/json' };
  for (const _time of [1, 2]) {
    const taken = await ask(gateway.url, {
      method: 'POST',
      headers: { ...headers, 'x-api-key': key },
      body: params,
    });
    expect([taken.status, taken.text]).toEqual([200, expect.stringContaining('ReplyToConversationPayload')]);
    expect((await ask(gateway.url, { method: 'POST', headers, body: params })).status).toBe(401);
  }
});

test("Hive Gateway's configuration is the one that the tests run", () => {
  const [block = ''] = blocksBelow('Federation', 'ts');
  const run = readFileSync(new URL('./federation/gateway.config.ts', import.meta.url), 'utf8');
  const withoutOpening = (text: string): string => text.slice(text.indexOf('import '));
  expect(withoutOpening(block)).toBe(withoutOpening(run));
});
