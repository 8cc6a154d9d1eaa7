/** Runs the example of an upload unchanged. */

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { startGateway } from '../support/gateway/start-gateway.ts';
import { makeTemporaryFolder } from '../support/make-temporary-folder.ts';
import { blocksBelow } from './sections.ts';

const page = 'docs/frontends.md';

test('the example of an upload sends its file with curl', async () => {
  const gateway = await startGateway();
  const [curl = ''] = blocksBelow(page, 'Uploads', 'sh');
  const [answer = ''] = blocksBelow(page, 'Uploads', 'json');
  const command = curl.replace('http://localhost:4000/graphql', gateway.url);
  const { stdout } = await promisify(execFile)('sh', ['-c', command], { cwd: makeTemporaryFolder() });
  expect(JSON.parse(stdout)).toEqual(JSON.parse(answer));
  expect(Buffer.from(gateway.sandbox?.received[0]?.file?.bytes ?? []).toString()).toBe(
    'See you on Monday.\n',
  );
});
