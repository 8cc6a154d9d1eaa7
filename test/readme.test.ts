/** Holds the README against what the gateway does: its examples are run as they stand. */

import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { isUnionType } from 'graphql';
import { describe, expect, onTestFinished, test } from 'vitest';
import { readConfig } from '../src/config.ts';
import { schema } from '../src/graphql/schema.ts';
import { post } from './reply.ts';
import { startGateway } from './start-gateway.ts';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

/** The code blocks below a heading, in order. */
function blocksBelow(heading: string, language: string): string[] {
  const section = readme.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  return [...section.matchAll(/```(\w+)\n(.*?)```/gs)].flatMap(([, name, code]) =>
    name === language && code ? [code] : [],
  );
}

/** A column of the first table below a heading. */
function columnBelow(heading: string, column = 1): string[] {
  const section = readme.split(`\n## ${heading}\n`)[1] ?? '';
  const table = section.slice(section.indexOf('\n|')).trim().split('\n\n')[0] ?? '';
  return table
    .split('\n')
    .slice(2)
    .map((row) => row.split('|')[column]?.trim().replaceAll('`', '') ?? '');
}

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
