/** The command behind `npm run sandbox`: starts a sandbox, says where it is, stops it gently. */

import { sandboxToken } from './sandbox-token.ts';
import { describeConversations } from './scenarios/list-scenarios.ts';
import { startSandbox } from './start-sandbox.ts';

// Set to nothing counts as not set.
const { HOST, PORT } = process.env;
const host = HOST || '127.0.0.1';
const port = PORT || '4001';

try {
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) {
    throw new Error(`PORT has to be a number from 0 to 65535, not ${JSON.stringify(port)}.`);
  }
  const sandbox = await startSandbox({ host, port: Number(port) });

  console.log(`A sandbox of Dashly listens at ${sandbox.url}
It takes the token "${sandboxToken}":

  curl -H 'Authorization: Token ${sandboxToken}' -d body=Hello '${sandbox.url}/conversations/1/reply?id_as_string=true'

What arrived, as both sides of a conversation see it: ${sandbox.url}/sandbox

The conversation in the path decides what happens:

${describeConversations()}
`);

  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    // Once it is closed nothing keeps the process, which then ends with 0; a second signal ends it at once.
    process.once(signal, () => sandbox.close());
  }
} catch (error) {
  console.error(explain(error));
  process.exitCode = 1;
}

function explain(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') return `Port ${port} of ${host} is in use: set PORT to a free one.`;
  if (code === 'EACCES')
    return `Port ${port} of ${host} needs rights that this process lacks: set PORT to a higher one.`;
  return `The sandbox cannot start: ${message}`;
}
