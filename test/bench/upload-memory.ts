/** Measures the memory of 40 concurrent uploads of 10 MB: prints the gateway's resident set before and at its peak. */

import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { delimiter, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gatewayCommand } from './servers/bench-servers.ts';

const uploads = 40;
const fileBytes = 10_000_000;
const rounds = 3;

/** Each reply has a part of its own. */
function answer(id: number): string {
  const data = { id: String(id), conversation: '1', created: 1685352440, type: 'reply_admin', body: '' };
  return JSON.stringify({ data, meta: { status: 200 } });
}

let parts = 0;
let received = 0;
const upstream = createServer((request, response) => {
  request.on('data', (chunk: Buffer) => {
    received += chunk.length;
  });
  request.on('end', () => response.end(answer(++parts)));
}).listen(0, '127.0.0.1');
await once(upstream, 'listening');

const { command, cwd } = gatewayCommand(fileURLToPath(new URL('../..', import.meta.url)));
const [shell = '', ...args] = command;
const gateway = spawn(shell, args, {
  cwd,
  env: {
    ...process.env,
    PATH: [dirname(process.execPath), process.env['PATH']].join(delimiter),
    PORT: '0',
    DASHLY_API_URL: `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`,
    DASHLY_TIMEOUT_MS: '60000',
  },
  stdio: ['ignore', 'pipe', 'inherit'],
});
const url = await firstUrl(gateway);

const file = new Blob([randomBytes(fileBytes)]);
await upload(); // Excludes the memory of modules that are loaded once.
const idle = residentMegabytes(gateway);
console.log(`idle: ${idle} MB`);

for (let round = 1; round <= rounds; round++) {
  let peak = 0;
  const sampling = setInterval(() => {
    peak = Math.max(peak, residentMegabytes(gateway));
  }, 20);
  const began = performance.now();
  const results = await Promise.all(Array.from({ length: uploads }, upload));
  clearInterval(sampling);
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  const sent = results.filter((typename) => typename === 'ReplyToConversationPayload').length;
  console.log(
    `round ${round}: ${sent} of ${uploads} sent in ${seconds} s, peak ${peak} MB, ${peak - idle} MB over idle`,
  );
}
console.log(`upstream received ${Math.round(received / 1e6)} MB`);
gateway.kill();
upstream.close();

/** Sends one file and resolves to the type of the result. */
async function upload(): Promise<string> {
  const query = `mutation ($file: Upload!) {
    replyToConversation(input: { conversationId: "1", attachment: { file: $file } }) { __typename }
  }`;
  const form = new FormData();
  form.append('operations', JSON.stringify({ query, variables: { file: null } }));
  form.append('map', JSON.stringify({ 0: ['variables.file'] }));
  form.append('0', file, 'file.bin');
  const headers = { authorization: 'Token x', 'apollo-require-preflight': 'true' };
  const response = await fetch(url, { method: 'POST', headers, body: form });
  const { data } = (await response.json()) as { data: { replyToConversation: { __typename: string } } };
  return data.replyToConversation.__typename;
}

async function firstUrl(child: ChildProcess): Promise<string> {
  let text = '';
  for await (const chunk of child.stdout ?? []) {
    text += chunk;
    const found = /http:\/\/\S+\/graphql/.exec(text)?.[0];
    if (found) return found;
  }
  throw new Error('The gateway did not start.');
}

function residentMegabytes({ pid }: ChildProcess): number {
  const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Math.round(Number(kilobytes) / 1000);
}
