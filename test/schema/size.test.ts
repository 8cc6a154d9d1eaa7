/** What the client package adds to the bundle of an application, minified and compressed. */

import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'vite';
import { expect, test } from 'vitest';

const entry = fileURLToPath(new URL('../../schema/application.js', import.meta.url));

/** The size of an application's bundle in bytes. Its imports are files of the package. */
async function sizeOf(application: string): Promise<number> {
  const output = await build({
    configFile: false,
    logLevel: 'error',
    plugins: [
      {
        name: 'application',
        resolveId: (id) => (id === entry ? id : null),
        load: (id) => (id === entry ? application : null),
      },
    ],
    build: { write: false, modulePreload: { polyfill: false }, rolldownOptions: { input: entry } },
  });
  const [built] = Array.isArray(output) ? output : [output];
  if (!built || !('output' in built)) throw new Error('Nothing was built.');
  return gzipSync(built.output[0].code).length;
}

test.each<[what: string, application: string, most: number]>([
  [
    'everything but documents',
    `import * as client from './client.ts';
     import * as sender from './send-reply.ts';
     import * as progress from './fetch-with-progress.ts';
     console.log(client, sender, progress);`,
    3000,
  ],
  [
    'a document as a text, and matchReply',
    `import { matchReply } from './client.ts';
     import { ReplyAsAdminDocument } from './operations.ts';
     console.log(matchReply, ReplyAsAdminDocument);`,
    1000,
  ],
  [
    'a parsed document, and matchReply',
    `import { matchReply } from './client.ts';
     import { ReplyAsAdminDocument } from './documents.ts';
     console.log(matchReply, ReplyAsAdminDocument);`,
    1000,
  ],
  [
    'the sender with its document, and matchReply',
    `import { matchReply } from './client.ts';
     import { ReplyDocument } from './operations.ts';
     import { sendReply } from './send-reply.ts';
     console.log(matchReply, ReplyDocument, sendReply);`,
    3000,
  ],
  [
    'what is imported but not used',
    `import './client.ts'; import './operations.ts'; import './documents.ts'; import './send-reply.ts'; import './fragments.ts';`,
    // The compressed form of nothing.
    20,
  ],
])('%s', async (_what, application, most) => {
  expect(await sizeOf(application)).toBeLessThanOrEqual(most);
});
