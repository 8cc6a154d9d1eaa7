/** Makes a key pair, starts the gateway with it and signs a token, as the page does; and starts the gateway for pages of other origins. */

import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { ask, askJson } from '../../support/gateway/ask.ts';
import { cleanUp, run } from '../../support/process/npm.ts';
import { isOpensslMissing } from '../../support/proxy/make-certificates.ts';
import { blocksBelow } from '../sections.ts';
import { commandsBelow, compile, makeProject, page, startByCommand, writeFiles } from './project.ts';

vi.setConfig({ testTimeout: 120_000 });

let project = '';
beforeAll(async () => {
  project = await makeProject();
});
afterAll(cleanUp);

test.skipIf(isOpensslMissing)(
  'a token signed by the example is accepted, for its conversation only (needs openssl)',
  async () => {
    const [makeKeys = '', start = ''] = commandsBelow('Tokens');
    const blocks = blocksBelow(page, 'Tokens', 'ts');
    await run('sh', ['-e', '-c', makeKeys], { cwd: project });
    const url = await startByCommand(start, project);
    await writeFiles(project, blocks);
    expect(await compile(project, 'nodenext')).toBe('');
    const token = (await run(process.execPath, ['example.ts'], { cwd: project })).trim();
    const query =
      'mutation ($id: ID!) { replyToConversation(input: { conversationId: $id, body: "Hi" }) { __typename } }';
    const send = async (id: string, authorization: string) =>
      (await askJson(url, { query, variables: { id } }, { authorization })).text;
    expect(await send('1', `Bearer ${token}`)).toContain('ReplyToConversationPayload');
    expect(await send('2', `Bearer ${token}`)).toContain('PermissionDeniedError');
    expect(await send('1', 'Token sandbox')).toContain('UNAUTHENTICATED');
  },
);

test.each(['Start the gateway', 'CORS'])('the command below "%s" lets its origins call', async (heading) => {
  const [start = ''] = commandsBelow(heading);
  const url = await startByCommand(start, project);
  const [, origins = ''] = /CORS_ORIGINS=(\S+)/.exec(start) ?? [];
  for (const origin of origins.split(',')) {
    const { headers } = await ask(`${url}?query={__typename}`, { headers: { origin } });
    expect(headers['access-control-allow-origin']).toBe(origin);
  }
});
