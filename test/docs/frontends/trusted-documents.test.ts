/** Runs the examples of trusted documents against gateways that are started by the commands beside them. */

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { bundle } from '../../clients/start-page.ts';
import { askJson } from '../../support/gateway/ask.ts';
import { cleanUp, isRegistryMissing, run } from '../../support/process/npm.ts';
import { blocksBelow } from '../sections.ts';
import {
  commandsBelow,
  compile,
  endpoint,
  makeProject,
  nameOf,
  page,
  printedBy,
  readDescribeReply,
  runExample,
  startByCommand,
  writeFiles,
} from './project.ts';

vi.setConfig({ testTimeout: 120_000 });

const heading = 'Trusted documents';
const [start = '', compileForRelay = '', startForRelay = ''] = commandsBelow(heading);
const blocks = blocksBelow(page, heading, 'ts');
const named = blocks.filter((block) => nameOf(block) !== 'example.ts');

let project = '';
beforeAll(async () => {
  project = await makeProject();
});
afterAll(cleanUp);

describe('with the manifest of the package', () => {
  let url = '';
  beforeAll(async () => {
    url = await startByCommand(start, project);
  });

  test.each(blocks.filter((block) => !named.includes(block)).map((block, index) => [index, block] as const))(
    'example %i compiles strictly, runs, and prints what its comments say',
    async (index, block) => {
      const folder = join(project, `trusted-${index}`);
      expect(printedBy(block)).toContain('Sent: ');
      expect(block).toContain(endpoint);
      expect(await runExample(folder, [readDescribeReply(), block], url)).toBe(printedBy(block));
      expect(await compile(folder, 'bundler')).toBe('');
    },
  );

  test('another document is refused', async () => {
    const { text } = await askJson(url, { query: '{ __typename }' }, { authorization: 'Token sandbox' });
    expect(text).toContain('errors');
  });
});

describe.skipIf(isRegistryMissing)('Relay (needs an npm registry)', () => {
  test('sends the ids of the manifest of its compiler', async () => {
    const [config = ''] = blocksBelow(page, heading, 'json');
    const [environment = ''] = blocksBelow(page, 'Relay', 'ts');
    await writeFiles(project, named);
    await writeFile(join(project, 'relay.config.json'), config);
    // npx downloads the compiler: it has 118 MB, too much for every "npm ci".
    const env = { npm_config_yes: 'true', npm_config_prefer_offline: 'true' };
    await run('sh', ['-e', '-c', compileForRelay], { cwd: project, env });
    const url = await startByCommand(startForRelay, project);
    await writeFiles(project, [environment.replace(endpoint, url)]);
    expect(environment).toContain(endpoint);
    expect(await compile(project, 'bundler')).toBe('');
    await writeFile(join(project, 'main.mjs'), await bundle(join(project, 'main.ts')));
    const output = await run(process.execPath, ['main.mjs'], { cwd: project });
    expect(JSON.parse(output)).toMatchObject({
      replyToConversation: { __typename: 'ReplyToConversationPayload', part: { body: 'Hi' } },
    });
  });
});
