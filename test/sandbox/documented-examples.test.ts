/** The examples in Dashly's documentation run against the sandbox; only the host and the token are replaced. */

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { startSandbox } from '../../src/sandbox/start-sandbox.ts';
import { reply } from '../support/gateway/reply.ts';
import { startGateway } from '../support/gateway/start-gateway.ts';
import { readPage } from './pages/read-page.ts';

const admin = { id: 8164, name: 'Admin 8164', type: 'admin' };

interface Example {
  readonly title: string;
  /** From the end of the page "Reply in a conversation". */
  readonly curl: string;
  /** `data` of the response. */
  readonly part: object;
  /** The same reply as input of the mutation. */
  readonly input: object;
}

const examples: readonly Example[] = [
  {
    title: 'Reply from admin and assign this admin to conversation (admin ID - 8164)',
    curl: `curl -X POST \\
  --data-urlencode "body=Some Admin Message" \\
  --data-urlencode "from_admin=8164" \\
  --data-urlencode "auto_assign=8164" \\
  -H "Authorization: Token XXX" \\
  https://api.dashly.app/conversations/1789152/reply`,
    part: {
      conversation: 1789152,
      body: 'Some Admin Message',
      type: 'reply_admin',
      from: admin,
      assign_part: { conversation: 1789152, type: 'assigned', assignee: admin, from: admin },
    },
    input: { body: 'Some Admin Message', from: { adminId: '8164' }, autoAssign: { adminId: '8164' } },
  },
  {
    title: 'Reply as visitor to the site',
    curl: `curl -X POST \\
  --data-urlencode "body=Some User Message" \\
  --data-urlencode "from_user=default_user" \\
  -H "Authorization: Token XXX" \\
  https://api.dashly.app/conversations/1789152/reply`,
    part: { conversation: 1789152, body: 'Some User Message', type: 'reply_user', direction: 'u2a' },
    input: { body: 'Some User Message', from: { default: 'USER' } },
  },
  {
    title: 'Add a note as admin (admin ID - 8164)',
    curl: `curl -X POST \\
  --data-urlencode "body=Some Admin Message" \\
  --data-urlencode "from_admin=8164" \\
  --data-urlencode "type=note" \\
  -H "Authorization: Token XXX" \\
  https://api.dashly.app/conversations/1789152/reply`,
    part: { conversation: 1789152, body: 'Some Admin Message', type: 'note', from: admin },
    input: { body: 'Some Admin Message', from: { adminId: '8164' }, type: 'NOTE' },
  },
];

/** Parameters that the gateway sends with every reply. */
function isAlwaysSent(name: string): boolean {
  return /^(?:id_as_string|include_random_id|(?:auto_assign_)?random_id)$/.test(name);
}

test.each(examples)('$title', async ({ curl, part, input }) => {
  const sandbox = await startSandbox();
  onTestFinished(() => sandbox.close());
  const command = curl.replace('https://api.dashly.app', sandbox.url).replace('Token XXX', 'Token sandbox');
  const { stdout } = await promisify(execFile)('sh', ['-c', `${command} --silent`]);
  expect(JSON.parse(stdout)).toMatchObject({ meta: { status: 200 }, data: part });

  const gateway = await startGateway({ DASHLY_API_URL: sandbox.url });
  const result = await reply(gateway, { conversationId: '1789152', ...input });
  expect(result).toMatchObject({ __typename: 'ReplyToConversationPayload' });
  const [byHand, byGateway] = sandbox.received.map(({ conversationId, fields }) => ({
    conversationId,
    fields: new Set(fields.filter(([name]) => !isAlwaysSent(name)).map((field) => field.join('='))),
  }));
  expect(byGateway).toEqual(byHand);
  expect((await readPage(sandbox.url)).list).toContain(
    '<b>Conversation 1789152</b> <small>2 new messages</small>',
  );
});
