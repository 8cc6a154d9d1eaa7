/** Routes the requests of the sandbox's API: the reply endpoint, files, and errors for everything else. */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { SandboxState } from '../sandbox-state.ts';
import { isAuthorized, readAuthorization } from './authorization.ts';
import { handleReply } from './handle-reply.ts';
import { errorResponse } from './responses.ts';
import { sendResponse } from './send-response.ts';
import { serveAttachment, serveAvatar } from './serve-file.ts';

export function createApiHandler(state: SandboxState): RequestListener {
  return (request, response) => {
    route(state, request, response).catch(() => {
      // If the client closed the connection there is nothing to send; otherwise this is a bug in the sandbox.
      if (response.headersSent || request.errored) response.destroy();
      else sendResponse(response, errorResponse('Error500'));
    });
  };
}

async function route(state: SandboxState, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const [path = '', ...query] = (request.url ?? '').split('?');
  const isDownload = request.method === 'GET' || request.method === 'HEAD';
  const attachmentId = /^\/attachments\/(\d+)\/[^/]+$/.exec(path)?.[1];
  if (isDownload && attachmentId !== undefined) return serveAttachment(state, attachmentId, response);
  if (isDownload && path === '/avatars/default.svg') return serveAvatar(response);

  const conversationId = /^(?:\/v2)?\/conversations\/([^/]+)\/reply$/.exec(path)?.[1];
  const authorization = readAuthorization(request.headers.authorization);
  if (conversationId !== undefined && request.method === 'POST') {
    const call = { conversationId, query: query.join('?'), authorization };
    return handleReply(state, call, request, response);
  }

  request.resume();
  // Two mistakes of people: the sandbox opened in a browser, and its port mistaken for the gateway's.
  if (isDownload && path === '/') return void response.writeHead(302, { location: './sandbox' }).end();
  if (path === '/graphql') {
    const message = "This is the sandbox of Dashly's REST API. Send GraphQL to the port of the gateway.";
    return sendResponse(response, errorResponse('Error404', { message }));
  }
  if (!isAuthorized(authorization)) return sendResponse(response, errorResponse('NotAuthenticated'));
  if (conversationId === undefined) return sendResponse(response, errorResponse('Error404'));
  sendResponse(response, errorResponse('MethodNotAllowed', { headers: { allow: 'POST' } }));
}
