/** The command `check`: compares one call of each kind with what Dashly documents. */

import { createInterface } from 'node:readline/promises';
import type { Readable, Writable } from 'node:stream';
import { readPackageVersion } from '../package-version.ts';
import { embedSandbox } from '../sandbox/embed-sandbox.ts';
import { printReport } from './print-report.ts';
import { type CheckSettings, readOptions } from './read-options.ts';
import { runCheck } from './run-check.ts';

export interface Terminal {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Writable;
  readonly stderr: Writable;
}

const exitCodes = { asDocumented: 0, differs: 1, notChecked: 2 };

const usage = `Usage: dashly-graphql-gateway check --conversation <id> [--yes]

Checks whether Dashly answers as its API documents: sends one internal note to the conversation, reads it back, and
reads with a wrong id and a wrong token. Prints no token and no text. Use a conversation of your own.

Options:
  --conversation <id>  where to send the note
  -y, --yes            sends it without asking

Environment variables:
  DASHLY_TOKEN         the token, or DASHLY_TOKEN_FILE, the path of a file with it
  DASHLY_API_URL       https://api.dashly.app/v2 by default
  HTTPS_PROXY          the proxy to Dashly, or HTTPS_PROXY_FILE; and NO_PROXY, the hosts without one

Exit codes: 0 if everything is as documented, 1 if anything differs, 2 if nothing was checked.
`;

/** Resolves to the exit code. */
export async function checkCommand(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  terminal: Terminal,
): Promise<number> {
  const options = readOptions(args, environment);
  if (options.kind === 'help') {
    terminal.stdout.write(usage);
    return exitCodes.asDocumented;
  }
  if (options.kind === 'faults') {
    terminal.stderr.write(`${options.faults.join('\n')}\nSee check --help.\n`);
    return exitCodes.notChecked;
  }
  const { settings } = options;
  const refusal = await refuse(settings, terminal);
  if (refusal !== null) {
    terminal.stderr.write(`${refusal}\n`);
    return exitCodes.notChecked;
  }
  return check(settings, terminal.stdout);
}

/** Null if the note may be sent. The question is not part of the report. */
async function refuse(
  { isConfirmed, conversationId, apiUrl }: CheckSettings,
  { stdin, stderr }: Terminal,
): Promise<string | null> {
  if (isConfirmed) return null;
  if (!stdin.isTTY) return 'Nothing was sent: without a terminal, confirm with --yes.';
  const prompt = createInterface({ input: stdin, output: stderr });
  const closed = new Promise<string>((resolve) => prompt.once('close', () => resolve('')));
  const question = `Send one internal note, which only admins see, to conversation ${conversationId} at ${hostOf(apiUrl)}? [y/N] `;
  const answer = await Promise.race([prompt.question(question), closed]);
  prompt.close();
  return /^y(?:es)?$/i.test(answer.trim()) ? null : 'Nothing was sent.';
}

async function check(settings: CheckSettings, stdout: Writable): Promise<number> {
  const { proxy, token, conversationId } = settings;
  const { sandbox, apiUrl } = await embedSandbox(settings.apiUrl);
  const sections = await runCheck({ apiUrl, proxy, token, conversationId });
  await sandbox?.close();
  const heading = `dashly-graphql-gateway ${readPackageVersion()}, Node.js ${process.versions.node}, ${hostOf(settings.apiUrl)}`;
  const { text, differences } = printReport(heading, sections);
  stdout.write(`${text}\n`);
  return differences > 0 ? exitCodes.differs : exitCodes.asDocumented;
}

function hostOf(apiUrl: URL | 'sandbox'): string {
  return apiUrl === 'sandbox' ? 'the sandbox' : apiUrl.host;
}
