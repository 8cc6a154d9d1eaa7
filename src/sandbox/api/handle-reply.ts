/** The endpoint that a sandbox is about: `POST /conversations/{id}/reply`. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { MalformedBody } from '../malformed-body.ts';
import { proxyPage } from '../proxy-page.ts';
import { readBody } from '../read-body.ts';
import { refuse } from '../refuse.ts';
import { describeRefusal } from '../refused-reply.ts';
import type { SandboxState } from '../sandbox-state.ts';
import { sandboxConversations } from '../scenarios/scenarios.ts';
import { type Authorization, isAuthorized } from './authorization.ts';
import { checkReply } from './check-reply.ts';
import { composePart } from './compose-part.ts';
import type { ConversationPart } from './conversation-part.ts';
import type { MultipartForm } from './parse-multipart.ts';
import { parseUrlencoded } from './parse-urlencoded.ts';
import { readForm } from './read-form.ts';
import { setScene } from './reply-context.ts';
import type { Answer } from './responses.ts';
import { giveAnswer } from './send-response.ts';

const maxBodyBytes = 64 * 1024 * 1024;

/** A call of the endpoint, as far as its headers tell. */
interface ReplyCall {
  conversationId: string;
  /** What follows the question mark, empty where there is none. */
  query: string;
  authorization: Authorization;
}

/**
 * Reads one call, decides on its answer, remembers it, answers: in this order, so that a test which has seen
 * any effect of the answer finds the call in `received`. Rejects where the caller breaks off.
 */
export async function takeReply(
  state: SandboxState,
  call: ReplyCall,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const answerRefused = (answer: Answer, form: MultipartForm = { fields: [], files: [] }) => {
    state.keepRefused(describeRefusal(state.mintId(), call.conversationId, form, answer));
    giveAnswer(response, answer);
  };
  const conversation = sandboxConversations.find((it) => it.id === call.conversationId);
  if (isAuthorized(call.authorization) && conversation?.creates === false && conversation.early) {
    return answerRefused(conversation.answer(state));
  }

  const body = await readBody(request, maxBodyBytes);
  if (body === null) {
    return answerRefused(isAuthorized(call.authorization) ? proxyPage(413) : refuse('NotAuthenticated'));
  }

  const contentType = request.headers['content-type'] ?? null;
  const { form, problem } = readCall(call, contentType, body);
  const { answer, created } = decide(state, call, form, problem);

  const { authorization: _, ...headers } = request.headers;
  const file = form.files.find((it) => it.fieldName === 'attachment') ?? form.files[0];
  state.received.add(
    {
      conversationId: call.conversationId,
      method: request.method ?? '',
      path: request.url ?? '',
      headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)])),
      ...call.authorization,
      contentType,
      fields: form.fields,
      ...(file === undefined ? {} : { file }),
      receivedAt: new Date(),
      partId: created?.id ?? null,
    },
    body.length,
  );
  if (created === null) return answerRefused(answer, form);
  state.keepPart({ ...created, conversationId: call.conversationId });
  giveAnswer(response, answer);
}

/** All parameters, from the query string and from the body, or as many as can be read and what is wrong. */
function readCall(
  call: ReplyCall,
  contentType: string | null,
  body: Buffer,
): { form: MultipartForm; problem: MalformedBody | null } {
  const form: MultipartForm = { fields: [], files: [] };
  try {
    form.fields.push(...parseUrlencoded(call.query));
    const { fields, files } = readForm(contentType, body);
    return { form: { fields: [...form.fields, ...fields], files }, problem: null };
  } catch (error) {
    if (!(error instanceof MalformedBody)) throw error;
    return { form, problem: error };
  }
}

function decide(
  state: SandboxState,
  call: ReplyCall,
  form: MultipartForm,
  problem: MalformedBody | null,
): { answer: Answer; created: { id: string; part: ConversationPart } | null } {
  if (!isAuthorized(call.authorization)) return { answer: refuse('NotAuthenticated'), created: null };
  if (problem !== null) return { answer: refuse('BadRequest', { message: problem.message }), created: null };

  const checked = checkReply(call.conversationId, form);
  if ('refusal' in checked) return { answer: checked.refusal, created: null };

  const conversation = sandboxConversations.find((it) => it.id === call.conversationId);
  if (conversation === undefined) return { answer: refuse('LookupError'), created: null };
  if (!conversation.creates) return { answer: conversation.answer(state), created: null };

  const scene = setScene(state, checked.reply, { bareIds: conversation.bareIds === true });
  const part = (conversation.compose ?? composePart)(scene);
  return { answer: conversation.answer(part), created: { id: scene.partId, part } };
}
