/** Starts a sandbox for a test of its pages. */

import { onTestFinished } from 'vitest';
import { startSandbox } from '../../../src/sandbox/start-sandbox.ts';
import { postReply } from '../post-reply.ts';
import { clickPathsIn, readPage } from './read-page.ts';

/** Two quick replies; the first has data whose numbers a double cannot hold. */
export const actions = `[
  {"type":"quick_reply","body":"Yes","meta_data":{"order":12345678901234567890,"ratio":-1.50,"nested":[1e400,null]}},
  {"type":"quick_reply","body":"No"}
]`;

export async function startPages() {
  const sandbox = await startSandbox();
  onTestFinished(() => sandbox.close());
  return {
    ...sandbox,
    send: (fields = {}) => postReply(sandbox.url, { fields: { body: 'Hello', ...fields } }),
  };
}

/** With a question in conversation 1; `path` is the target of its two buttons. */
export async function startWithQuestion() {
  const sandbox = await startPages();
  await sandbox.send({ body: 'Well?', actions });
  const [path = ''] = clickPathsIn((await readPage(sandbox.url)).customer);
  return { ...sandbox, path };
}
