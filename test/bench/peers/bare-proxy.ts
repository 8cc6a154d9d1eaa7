/** The baseline of the ratios: reads the parameters as JSON, sends them as a form and returns the response, without a schema. */

import { createServer, type IncomingMessage } from 'node:http';
import { stringify } from 'node:querystring';
import { Pool } from 'undici';
import { connections, port, upstream } from './peer-settings.ts';

const pool = new Pool(upstream.origin, { connections });

createServer(async (request, response) => {
  if (request.method !== 'POST') return void response.writeHead(405).end();
  try {
    const { conversationId, ...form } = JSON.parse(await readText(request));
    const answer = await pool.request({
      method: 'POST',
      path: `${upstream.pathname}/conversations/${conversationId}/reply`,
      headers: {
        authorization: request.headers.authorization ?? '',
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: stringify(form),
    });
    response.writeHead(200, { 'content-type': 'application/json; charset=utf-8' });
    answer.body.pipe(response);
  } catch (error) {
    console.error(error);
    response.writeHead(502).end();
  }
}).listen(port, '127.0.0.1');

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
