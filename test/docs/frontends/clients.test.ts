/** Compiles the examples for clients strictly, runs them unchanged, and compares their output with their comments. */

import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bySecret, sign } from '../../support/gateway/issuer.ts';
import { startGateway } from '../../support/gateway/start-gateway.ts';
import { cleanUp } from '../../support/process/npm.ts';
import { blocksBelow, readPage } from '../sections.ts';
import {
  compile,
  endpoint,
  makeProject,
  page,
  printedBy,
  readDescribeReply,
  runExample,
  writeFiles,
} from './project.ts';

const headings = ['urql', 'Apollo Client', 'graphql-request', 'Relay', 'Plain fetch'];
const describeReply = readDescribeReply();

let project = '';
beforeAll(async () => {
  project = await makeProject();
});
afterAll(cleanUp);

test('each client has an example with output', () => {
  for (const heading of headings) {
    expect(blocksBelow(page, heading, 'ts').map(printedBy).join('')).not.toBe('');
  }
});

describe.each(headings)('%s', (heading) => {
  const files = blocksBelow(page, heading, 'ts');
  const printed = files.map(printedBy).join('');

  test.each(['nodenext', 'bundler'] as const)('its example compiles strictly with %s', async (resolution) => {
    const folder = join(project, `${heading}-${resolution}`);
    await writeFiles(folder, [describeReply, ...files]);
    expect(await compile(folder, resolution)).toBe('');
  });

  test.each<
    [caller: string, environment: Record<string, string>, token: () => Promise<string>, leftOut: RegExp | '']
  >([
    ['unchanged', {}, async () => 'sandbox', ''],
    [
      'with a JWT that names the admin and without `from`',
      { ...bySecret, DASHLY_TOKEN: 'sandbox' },
      () => sign({ dashly_admin_id: '8164' }),
      /,\s+from: \{ adminId: '8164' \}/,
    ],
  ])('its example runs %s and prints what its comments say', async (...row) => {
    const [_caller, environment, makeToken, leftOut] = row;
    const gateway = await startGateway(environment);
    const token = await makeToken();
    const texts = files.map((text) => text.replace("'sandbox'", `'${token}'`).replace(leftOut, ''));
    expect(texts.join('').includes('from: {')).toBe(leftOut === '');
    expect(texts.join('')).toContain(endpoint);
    expect(texts.join('')).toContain(token);
    const folder = join(project, `${heading}-runs`);
    expect(await runExample(folder, [describeReply, ...texts], gateway.url)).toBe(printed);
    const replies = gateway.sandbox?.received ?? [];
    expect(replies).toHaveLength(printed.trim().split('\n').length);
    for (const { fields } of replies) expect(fields).toContainEqual(['from_admin', '8164']);
    const sentFiles = replies.flatMap(({ file }) => (file ? [file.filename] : []));
    expect(sentFiles).toEqual(printed.includes('invoice') ? ['invoice.pdf'] : []);
  });
});

test('a missing case of matchReply does not compile', async () => {
  const withoutOne = describeReply.replace(/^ *TooManyRequestsError: .*\n/m, '');
  expect(withoutOne).not.toBe(describeReply);
  const folder = join(project, 'left-out');
  await writeFiles(folder, [withoutOne]);
  expect(await compile(folder, 'nodenext')).toContain('TooManyRequestsError');
});

test('each block of the page has its test in this folder or in uploads.test.ts', () => {
  const sections = readPage(page).split(/^## /m).slice(1);
  const counted = sections.map((text): [heading: string, blocks: Record<string, number>] => {
    const [heading = ''] = text.split('\n');
    const fences = [...text.matchAll(/^```(.*)\n/gm)].filter((_fence, index) => index % 2 === 0);
    const byLanguage = Object.groupBy(fences, ([, language = '']) => language);
    return [
      heading,
      Object.fromEntries(Object.entries(byLanguage).map(([name, blocks]) => [name, blocks?.length ?? 0])),
    ];
  });
  expect(Object.fromEntries(counted.filter(([, blocks]) => Object.keys(blocks).length > 0))).toEqual({
    Install: { sh: 6 },
    'Start the gateway': { sh: 1 },
    'Handle the result': { ts: 1 },
    'A composer in React': { tsx: 2 },
    urql: { ts: 1 },
    'Apollo Client': { ts: 1 },
    'graphql-request': { ts: 1 },
    Relay: { ts: 2 },
    'Plain fetch': { ts: 1 },
    Tokens: { sh: 3, ts: 2 },
    CORS: { sh: 1 },
    'Trusted documents': { sh: 4, ts: 5, json: 1 },
    'Documents of your own': { sh: 2, ts: 3, graphql: 1 },
    Uploads: { sh: 1, json: 1 },
  });
});

test('each command to install packages is a block', () => {
  expect(readPage(page)).not.toContain('`npm install');
});
