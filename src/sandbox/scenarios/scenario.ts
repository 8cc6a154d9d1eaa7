/** A scenario: what happens to a reply in the conversation with this id. */
import type { ConversationPart } from '../api/conversation-part.ts';
import type { ReplyContext } from '../api/reply-context.ts';
import type { ApiResponse } from '../api/responses.ts';

interface ScenarioBase {
  /** The id of the conversation. A scenario of an HTTP status has that status as its id. */
  id: string;
  /** What Dashly does, in a few words. */
  title: string;
  /** The number of parts that the conversation has from the start, 4 by default. */
  earlierParts?: number;
  /** Ids are numbers even with `id_as_string`. */
  numericIds?: true;
  /** What is different if parts are read. */
  reading?: {
    error?: 'LookupError' | 'NotAuthenticated' | 'PermissionDeniedError';
    /** Milliseconds before a new part can be read. */
    delayMs?: number;
    withoutRandomId?: true;
  };
}

interface CreatingScenario extends ScenarioBase {
  /** The part is created, even if the response is an error. */
  creates: true;
  /** Composes the part if it is not the ordinary one. */
  compose?: (context: ReplyContext) => ConversationPart;
  respond(part: ConversationPart): ApiResponse;
}

interface RefusingScenario extends ScenarioBase {
  creates: false;
  /** Responds to the headers: the body is not read, and the call is not stored. */
  skipsBody?: true;
  respond(sandbox: { url: string }): ApiResponse;
}

export type Scenario = CreatingScenario | RefusingScenario;
