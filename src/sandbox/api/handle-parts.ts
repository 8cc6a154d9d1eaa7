/** The endpoint that reads parts: `GET /conversations/{id}/parts`. */
import type { SandboxState } from '../sandbox-state.ts';
import { findScenario } from '../scenarios/scenarios.ts';
import { isAuthorized } from './authorization.ts';
import { MalformedBody } from './form/decode-utf8.ts';
import { FormParameters, isId } from './form/form-parameters.ts';
import { parseUrlencoded } from './form/parse-urlencoded.ts';
import type { ConversationCall } from './handle-reply.ts';
import { formatId, formatPart, readPartFormat } from './part-format.ts';
import { readPageRequest, selectPage } from './parts-page.ts';
import { type ApiResponse, envelope, errorResponse } from './responses.ts';

/** Responds with a page of the parts that can be read now, or with an error. Has no effect on the sandbox. */
export function handleParts(state: SandboxState, call: ConversationCall): ApiResponse {
  if (!isAuthorized(call.authorization)) return errorResponse('NotAuthenticated');
  try {
    return readParts(state, call.conversationId, new FormParameters(parseUrlencoded(call.query)));
  } catch (error) {
    if (!(error instanceof MalformedBody)) throw error;
    return errorResponse('BadRequest', { message: error.message });
  }
}

function readParts(state: SandboxState, conversationId: string, parameters: FormParameters): ApiResponse {
  const pageRequest = readPageRequest(parameters);
  if (!isId(conversationId)) parameters.reject('id', 'an id');
  if (parameters.problems.size > 0) {
    return errorResponse('ValidationError', { fields: Object.fromEntries(parameters.problems) });
  }
  if (pageRequest.direction === 'around') {
    return errorResponse('BadRequest', { message: 'This method has no paginate_direction "around".' });
  }
  const scenario = findScenario(conversationId);
  if (scenario === undefined) return errorResponse('LookupError');
  const { error, withoutRandomId } = scenario.reading ?? {};
  if (error !== undefined) return errorResponse(error);

  const requested = readPartFormat(parameters);
  const format = {
    idAsString: requested.idAsString && scenario.numericIds !== true,
    include: withoutRandomId ? requested.include.difference(new Set(['random_id'])) : requested.include,
  };
  const readable = state.partsOf(conversationId).filter((part) => part.readableFrom <= performance.now());
  const { parts, nextBefore, nextAfter } = selectPage(readable, pageRequest);
  const positionOf = (id: string | null) => (id === null ? null : [formatId(id, format)]);
  return envelope(
    { status: 200, next_before_position: positionOf(nextBefore), next_after_position: positionOf(nextAfter) },
    parts.map(({ part }) => formatPart(part, format)),
  );
}
