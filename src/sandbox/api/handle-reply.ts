/** The endpoint that creates replies: `POST /conversations/{id}/reply`. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { digitsOf } from '../exact-json.ts';
import { describeRefusal } from '../refused-reply.ts';
import type { ReceivedReply, SandboxState } from '../sandbox-state.ts';
import { findScenario } from '../scenarios/scenarios.ts';
import { type Authorization, isAuthorized } from './authorization.ts';
import { checkReply } from './check-reply.ts';
import { composePart } from './compose-part.ts';
import type { ConversationPart } from './conversation-part.ts';
import { MalformedBody } from './form/decode-utf8.ts';
import type { Form } from './form/parse-multipart.ts';
import { parseUrlencoded } from './form/parse-urlencoded.ts';
import { readBody, readForm } from './form/read-form.ts';
import { formatPart } from './part-format.ts';
import { createReplyContext } from './reply-context.ts';
import { type ApiResponse, errorResponse, proxyPage } from './responses.ts';
import { sendResponse } from './send-response.ts';

const maxBodyBytes = 64 * 1024 * 1024;

/** The request line and the headers. */
export interface ConversationCall {
  conversationId: string;
  /** Without the question mark; empty if there is none. */
  query: string;
  authorization: Authorization;
}

/** The parameters of the query string and of the body; as many as can be read if one of the two is malformed. */
interface Parameters {
  form: Form;
  problem: MalformedBody | null;
}

interface Outcome {
  answer: ApiResponse;
  /** The part that was created, even if the response is an error; null if there is none. */
  created: ConversationPart | null;
}

/**
 * Reads one call, decides the outcome, stores it, responds. In this order, so that a test that sees any effect
 * of the response finds the call in `received`. Rejects if the client closes the connection.
 */
export async function handleReply(
  state: SandboxState,
  call: ConversationCall,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const refuse = (answer: ApiResponse, form: Form = { fields: [], files: [] }) => {
    state.addRefusedReply(describeRefusal(state.newId(), call.conversationId, form, answer));
    sendResponse(response, answer);
  };
  const scenario = findScenario(call.conversationId);
  if (isAuthorized(call.authorization) && scenario?.creates === false && scenario.skipsBody) {
    return refuse(scenario.respond(state));
  }

  const body = await readBody(request, maxBodyBytes);
  if (body === null) {
    return refuse(isAuthorized(call.authorization) ? proxyPage(413) : errorResponse('NotAuthenticated'));
  }
  const parameters = readParameters(call, request.headers['content-type'] ?? null, body);
  const { answer, created } = decide(state, call, parameters);

  state.received.add(
    describeCall(call, request, parameters.form, created === null ? null : digitsOf(created.id)),
    body.length,
  );
  if (created === null) return refuse(answer, parameters.form);
  state.addPart(created, scenario?.reading);
  sendResponse(response, answer);
}

function readParameters(call: ConversationCall, contentType: string | null, body: Buffer): Parameters {
  const form: Form = { fields: [], files: [] };
  try {
    form.fields.push(...parseUrlencoded(call.query));
    const { fields, files } = readForm(contentType, body);
    return { form: { fields: [...form.fields, ...fields], files }, problem: null };
  } catch (error) {
    if (!(error instanceof MalformedBody)) throw error;
    return { form, problem: error };
  }
}

function decide(state: SandboxState, call: ConversationCall, { form, problem }: Parameters): Outcome {
  if (!isAuthorized(call.authorization)) return { answer: errorResponse('NotAuthenticated'), created: null };
  if (problem !== null) {
    return { answer: errorResponse('BadRequest', { message: problem.message }), created: null };
  }
  const checked = checkReply(call.conversationId, form);
  if ('error' in checked) return { answer: checked.error, created: null };

  const scenario = findScenario(call.conversationId);
  if (scenario === undefined) return { answer: errorResponse('LookupError'), created: null };
  if (!scenario.creates) return { answer: scenario.respond(state), created: null };

  const created = (scenario.compose ?? composePart)(createReplyContext(state, checked.request));
  const { include, idAsString } = checked.format;
  const format = { include, idAsString: idAsString && scenario.numericIds !== true };
  return { answer: scenario.respond(formatPart(created, format)), created };
}

function describeCall(
  call: ConversationCall,
  request: IncomingMessage,
  { fields, files }: Form,
  partId: string | null,
): ReceivedReply {
  const { authorization: _, ...headers } = request.headers;
  const file = files.find(({ fieldName }) => fieldName === 'attachment') ?? files[0];
  return {
    conversationId: call.conversationId,
    method: request.method ?? '',
    path: request.url ?? '',
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)])),
    ...call.authorization,
    contentType: request.headers['content-type'] ?? null,
    fields,
    ...(file === undefined ? {} : { file }),
    receivedAt: new Date(),
    partId,
  };
}
