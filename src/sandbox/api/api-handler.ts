/** Routes the requests of the sandbox's API: replies, parts, files, and errors for everything else. */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { SandboxState } from '../sandbox-state.ts';
import { isAuthorized, readAuthorization } from './authorization.ts';
import { handleParts } from './handle-parts.ts';
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

  const [, conversationId, resource] = /^(?:\/v2)?\/conversations\/([^/]+)\/(reply|parts)$/.exec(path) ?? [];
  const authorization = readAuthorization(request.headers.authorization);
  const allowed = resource === 'parts' ? 'GET' : 'POST';
  const isAllowed = request.method === allowed;
  const call = { conversationId: conversationId ?? '', query: query.join('?'), authorization };
  if (resource === 'reply' && isAllowed) return handleReply(state, call, request, response);

  request.resume();
  if (resource === 'parts' && isAllowed) return sendResponse(response, handleParts(state, call));
  // Two mistakes of people: the sandbox opened in a browser, and its port mistaken for the gateway's.
  if (isDownload && path === '/') return void response.writeHead(302, { location: './sandbox' }).end();
  if (path === '/graphql') {
    const message = "This is the sandbox of Dashly's REST API. Send GraphQL to the port of the gateway.";
    return sendResponse(response, errorResponse('Error404', { message }));
  }
  if (!isAuthorized(authorization)) return sendResponse(response, errorResponse('NotAuthenticated'));
  if (resource === undefined) return sendResponse(response, errorResponse('Error404'));
  sendResponse(response, errorResponse('MethodNotAllowed', { headers: { allow: allowed } }));
}
