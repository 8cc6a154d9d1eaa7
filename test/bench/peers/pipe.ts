/** The peer that shows the upper limit for attachments: forwards the bytes of requests and responses as they arrive. */

import { createServer } from 'node:http';
import { Pool } from 'undici';
import { connections, port, upstream } from './peer-settings.ts';

const pool = new Pool(upstream.origin, { connections });

createServer(async (request, response) => {
  if (request.method !== 'POST') return void response.writeHead(405).end();
  const { authorization = '', 'content-type': type = '', 'content-length': length = '' } = request.headers;
  try {
    const answer = await pool.request({
      method: 'POST',
      path: upstream.pathname + request.url,
      headers: { authorization, 'content-type': type, 'content-length': length },
      body: request,
    });
    response.writeHead(answer.statusCode, { 'content-type': 'application/json; charset=utf-8' });
    answer.body.pipe(response);
  } catch (error) {
    console.error(error);
    response.writeHead(502).end();
  }
}).listen(port, '127.0.0.1');
