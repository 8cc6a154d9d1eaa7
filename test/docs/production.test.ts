/** Runs the examples of the page for operators unchanged, and tests its tables. */

import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { replyResponseMaxBytes } from '../../src/conversation/reply-limits.ts';
import { defaultLimits } from '../../src/http/admission.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import { freePort } from '../support/free-port.ts';
import { ask, askJson } from '../support/gateway/ask.ts';
import { startGateway } from '../support/gateway/start-gateway.ts';
import { sized } from '../support/sized-documents.ts';
import { blocksBelow, columnBelow, readPage, sectionBelow } from './sections.ts';

const page = 'docs/production.md';

test('the example of a Node.js server serves the gateway next to its own path, and stops gracefully', async () => {
  const [example = ''] = blocksBelow(page, 'In a Node.js server', 'js');
  const library = new URL('../../src/library.ts', import.meta.url).href;
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

test('the table of metrics lists exactly those of the gateway', async () => {
  const gauges = () => ({ inFlight: 0, queue: 0, connections: 0, clientConnections: 0 });
  const text = await createMetrics(gauges).print();
  const names = [...text.matchAll(/^# TYPE (dashly_gateway_\w+)/gm)].map(([, name]) => name);
  const inTable = columnBelow(page, 'Metrics').flatMap((cell) => cell.match(/dashly_gateway_\w+/g) ?? []);
  expect(inTable.toSorted()).toEqual(names.toSorted());
});

test('the configuration table lists exactly the variables, each with its default', () => {
  const { config = {} } = readConfig({});
  const defaultsInTable = columnBelow(page, 'Configuration', 2);
  const defaults = Object.fromEntries(
    columnBelow(page, 'Configuration').map((name, row) => [name, defaultsInTable[row]]),
  );
  expect(defaults).toEqual(
    Object.fromEntries(
      Object.entries(config).map(([name, value]) => [name, value === null ? '' : String(value)]),
    ),
  );
});

test('the temporary space is that of all uploads, and half a core answers half of what a core does', () => {
  const { config } = readConfig({});
  const bytes = defaultLimits.maxUploads * (5 * Number(config?.UPLOAD_MAX_BYTES) + 3 * 1024 ** 2);
  const texts = [readPage(page), readPage('deploy/compose.yaml')];
  const gigabytes = texts.flatMap((text) => text.match(/\d\.\d(?= GB)/g) ?? []);
  expect(gigabytes).toEqual(Array(3).fill((bytes / 1e9).toFixed(1)));
  const perSecond = (text: string) =>
    Number(/([\d,]+) small replies\s+a\s+second/.exec(text)?.[1]?.replace(',', ''));
  const ofCore = perSecond(sectionBelow(page, 'Sizing'));
  const ofHalf = [sectionBelow(page, 'Kubernetes'), readPage('deploy/kubernetes/deployment.yaml')];
  expect(ofHalf.map(perSecond)).toEqual([ofCore / 2, ofCore / 2]);
});

describe('Request limits', () => {
  const heading = 'Request limits';
  const values = columnBelow(page, heading, 2);
  const refusals = columnBelow(page, heading, 3);
  const rows = columnBelow(page, heading).map((name, row): [string, number, string] => {
    const [, number = '', unit = ''] = /(\d[\d,]*)(?: (MiB|KiB))?/.exec(values[row] ?? '') ?? [];
    const factor = { MiB: 1024 * 1024, KiB: 1024 }[unit] ?? 1;
    return [name, Number(number.replaceAll(',', '')) * factor, refusals[row] ?? ''];
  });

  /** The body of a request of the given size, by the name of the limit. */
  const bodies: Record<string, (amount: number) => string> = {
    'replies in an operation': (amount) => JSON.stringify({ query: sized.replies(amount) }),
    'JSON, each body': (amount) => '{"query": "{ __typename }"}'.padEnd(amount),
    'a document': (amount) => JSON.stringify({ query: sized.characters(amount) }),
    '… its tokens': (amount) => JSON.stringify({ query: sized.tokens(amount) }),
    '… its nested brackets': (amount) => JSON.stringify({ query: sized.brackets(amount) }),
    '… its nested fields': (amount) => JSON.stringify({ query: sized.levels(amount) }),
    '… its aliases, including each use of a fragment': (amount) =>
      JSON.stringify({ query: sized.aliasesInFragments(amount) }),
    '… the characters of an alias': (amount) => JSON.stringify({ query: sized.aliasCharacters(amount) }),
    'selections of parts in an operation, none inside of another': (amount) =>
      JSON.stringify({ query: sized.readsInFragments(amount) }),
    '… selections of one field in one place, including fragments': (amount) =>
      JSON.stringify({ query: sized.mergedInFragments(amount) }),
    '… its directives': (amount) => JSON.stringify({ query: sized.directives(amount) }),
    '… uses of one variable in arguments': (amount) => JSON.stringify({ query: sized.variableUses(amount) }),
    '… its introspections': (amount) => JSON.stringify({ query: sized.introspectionsOfParts(amount) }),
    'the largest possible response of an operation': (bytes) => {
      const copies = 8;
      const requestBytes = Math.ceil((bytes / copies - replyResponseMaxBytes(0)) / 6);
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
  const readsInAMinute = 'reads of a caller in a minute';

  test('each row of the table is tested here', () => {
    const names = [...Object.keys(bodies), inAMinute, readsInAMinute];
    expect(rows.map(([name]) => name).sort()).toEqual(names.sort());
  });

  test.each(rows.filter(([name]) => name in bodies))(
    '%s: accepts %i and answers one more with %s',
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
    '%s: accepts %i and answers one more with %s',
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

test('a caller may read as often in a minute as the table states', async () => {
  const names = columnBelow(page, 'Request limits');
  const row = names.indexOf('reads of a caller in a minute');
  expect(columnBelow(page, 'Request limits', 3)[row]).toBe('TOO_MANY_REQUESTS');
  const gateway = await startGateway({ RATE_LIMIT_APPLIES_TO: 'dashly-token' });
  const query = `query ($of: [_Any!]!) { _entities(representations: $of) { ... on Conversation { parts(last: 1) { nodes { id } } } } }`;
  const read = async (length: number) => {
    const of = Array.from({ length }, () => ({ __typename: 'Conversation', id: '1' }));
    return (await askJson(gateway.url, { query, variables: { of } })).text;
  };
  const limit = Number(/\((\d+)\)/.exec(columnBelow(page, 'Request limits', 2)[row] ?? '')?.[1]);
  expect(await read(limit)).not.toContain('errors');
  expect(await read(1)).toContain('TOO_MANY_REQUESTS');
});

describe('Trusted documents', () => {
  const [curl = ''] = blocksBelow(page, 'Trusted documents', 'sh');
  const path = /TRUSTED_DOCUMENTS=([^`\s]+)/.exec(sectionBelow(page, 'Trusted documents'))?.[1] ?? '';
  const manifest = fileURLToPath(new URL(`../../${path}`, import.meta.url));

  test('the example sends an id of the manifest', async () => {
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

test('the example checks Dashly, and its lines are those that are printed', async () => {
  const heading = 'Checking the Dashly API';
  const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
  const [shell = ''] = blocksBelow(page, heading, 'sh');
  const command = shell
    .replace('the-token', 'sandbox')
    .replace('npx dashly-graphql-gateway', `${process.execPath} ${main}`)
    .replace('1447294760057308402', '1 --yes');
  const env = { PATH: process.env['PATH'], DASHLY_API_URL: 'sandbox' };
  const { stdout } = await promisify(execFile)('sh', ['-c', command], { env });
  const example = /```\n(The answer.*?)```/s.exec(sectionBelow(page, heading))?.[1] ?? '';
  const namesIn = (text: string) =>
    [...text.matchAll(/^ {2}(?:ok|differs) +(\S+(?: \S+)*) {2}/gm)].map(([, name]) => name);
  expect(namesIn(example)).toHaveLength(3);
  const names = columnBelow(page, heading).flatMap((cell) => cell.replace(/ is .*/, '').split(', '));
  expect(namesIn(stdout)).toEqual(expect.arrayContaining([...namesIn(example), ...names]));
});

test('metrics do not count an id that is a number, which the check reports', async () => {
  const port = await freePort();
  const gateway = await startGateway({ METRICS_PORT: String(port) });
  const query = 'mutation { replyToConversation(input: { conversationId: "2", body: "Hi" }) { __typename } }';
  expect((await askJson(gateway.url, { query })).text).toContain('ReplyToConversationPayload');
  const { text } = await ask(`http://127.0.0.1:${port}/metrics`);
  for (const name of ['unknown_values', 'other_shapes', 'answers_without_proof']) {
    expect(sectionBelow(page, 'Checking the Dashly API')).toContain(`dashly_gateway_${name}_total`);
    expect(text).toMatch(new RegExp(`^dashly_gateway_${name}_total(?:{.*})? 0$`, 'm'));
    expect(text).not.toMatch(new RegExp(`^dashly_gateway_${name}_total(?:{.*})? [1-9]`, 'm'));
  }
});

test('the example creates an API key and passes its hash', async () => {
  const [shell = ''] = blocksBelow(page, 'Authentication and rights', 'sh');
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
