/** The parts that a conversation has before the first call, so that there is something to read. */
import { defaultUserId } from './api/check-reply.ts';
import { composeAssignPart, composePart } from './api/compose-part.ts';
import type { ConversationPart } from './api/conversation-part.ts';
import { createReplyContext, plainRequest } from './api/reply-context.ts';
import { createIdGenerator, type SandboxState, type StoredPart } from './sandbox-state.ts';
import { allScenarios } from './scenarios/scenarios.ts';

/** Before the start of the sandbox, so that these parts have smaller ids than all others. */
const ageSeconds = 60 * 60;
const intervalSeconds = 30;

const visitor = { kind: 'user', id: defaultUserId } as const;
const admin = { kind: 'admin', id: '8164' } as const;

/** The parts of every conversation; oldest first within a conversation. */
export function composeEarlierParts(state: SandboxState, now: number = Date.now()): StoredPart[] {
  const newId = createIdGenerator(now - ageSeconds * 1_000);
  return allScenarios.flatMap(({ id: conversationId, earlierParts: count = 4 }) =>
    Array.from({ length: count }, (_, index) => {
      const created = Math.floor(now / 1_000) - ageSeconds + index * intervalSeconds;
      const part = composeEarlierPart(state, conversationId, index);
      const id = newId();
      return {
        id,
        conversationId,
        part: { ...part, id, created, first: index === 0, read: true },
        readableFrom: 0,
        clicked: null,
      };
    }),
  );
}

function composeEarlierPart(state: SandboxState, conversationId: string, index: number): ConversationPart {
  const contextOf = (author: typeof visitor | typeof admin, body: string) =>
    createReplyContext(state, plainRequest(conversationId, author, body));
  const fromVisitor = (body: string) => ({ ...composePart(contextOf(visitor, body)), sent_via: 'web_user' });
  const fromAdmin = (body: string) => ({ ...composePart(contextOf(admin, body)), sent_via: 'web_panel' });

  if (index === 0) return fromVisitor('Hello! Is anybody there?');
  if (index === 1) return { ...composeAssignPart(contextOf(admin, ''), admin.id), sent_via: 'web_panel' };
  if (index === 2) return fromAdmin('Yes, how can we help you?');
  if (index === 3) return { ...fromAdmin('This visitor has written before.'), type: 'note' };
  if (index === 30) return { ...fromAdmin('A part of an undocumented type.'), type: 'reply_hologram' };
  return index % 2 === 0 ? fromVisitor(`Question ${index}`) : fromAdmin(`Answer to question ${index - 1}`);
}
