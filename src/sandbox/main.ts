/** The command `npm run sandbox`: starts a sandbox, prints its URL, and closes it on a signal. */
import { sandboxToken } from './api/authorization.ts';
import { listScenarios } from './scenarios/scenarios.ts';
import { startSandbox } from './start-sandbox.ts';

// An empty variable counts as not set.
const { HOST, PORT } = process.env;
const host = HOST || '127.0.0.1';
const port = PORT || '4001';

try {
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) {
    throw new Error(`PORT must be an integer between 0 and 65535, but is ${JSON.stringify(port)}.`);
  }
  const sandbox = await startSandbox({ host, port: Number(port) });

  console.log(`A sandbox of Dashly listens at ${sandbox.url}
Its token is "${sandboxToken}":

  curl -H 'Authorization: Token ${sandboxToken}' -d body=Hello '${sandbox.url}/conversations/1/reply?id_as_string=true'

Both sides of each conversation: ${sandbox.url}/sandbox

The id of the conversation selects the scenario:

${listScenarios()}
`);

  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    // A closed sandbox keeps nothing alive, so the process exits with 0; a second signal ends it immediately.
    process.once(signal, () => sandbox.close());
  }
} catch (error) {
  console.error(explain(error));
  process.exitCode = 1;
}

function explain(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') return `Port ${port} of ${host} is in use; set PORT to another one.`;
  if (code === 'EACCES')
    return `Listening on port ${port} of ${host} is not permitted; set PORT to a higher one.`;
  return `The sandbox cannot start: ${message}`;
}
