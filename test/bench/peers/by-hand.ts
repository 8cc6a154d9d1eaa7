/** The peer without GraphQL: receives requests of GraphQL clients, and implements the two operations in plain code. */

import { createServer, type IncomingMessage } from 'node:http';
import { port } from './peer-settings.ts';
import { sendReply } from './send-reply.ts';

interface Part {
  readonly id: string;
  readonly type: string;
  readonly body: string;
  readonly createdAt: string;
  readonly conversation: { readonly id: string };
}

createServer(async (request, response) => {
  if (request.method !== 'POST') return void response.writeHead(405).end();
  try {
    const { operationName, variables } = JSON.parse(await readText(request));
    const result = await sendReply(variables.input, request.headers.authorization);
    const selected = operationName === 'SmallReply' ? selectFew(result) : result;
    const text = JSON.stringify({ data: { replyToConversation: selected } });
    response.writeHead(200, {
      'content-type': 'application/json; charset=utf-8',
      'content-length': Buffer.byteLength(text),
    });
    response.end(text);
  } catch (error) {
    console.error(error);
    response.writeHead(500).end();
  }
}).listen(port, '127.0.0.1');

function selectFew(result: Awaited<ReturnType<typeof sendReply>>): object {
  if (result.__typename !== 'ReplyToConversationPayload') return result;
  const { id, type, body, createdAt, conversation } = result['part'] as Part;
  return { __typename: result.__typename, part: { id, type, body, createdAt, conversation } };
}

function readText(request: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => {
      text += chunk;
    });
    request.on('end', () => resolve(text));
    request.on('error', reject);
  });
}
