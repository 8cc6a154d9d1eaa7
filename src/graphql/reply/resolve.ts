/** The resolver of `replyToConversation`. */

import { GraphQLError, type GraphQLResolveInfo } from 'graphql';
import type { ReplyOutcome } from '../../conversation/reply-outcome.ts';
import { RequestAborted } from '../../conversation/request-aborted.ts';
import type { GraphQLContext } from '../context.ts';
import { optionalFieldsOfReply } from '../selected-fields.ts';
import { parseReplyInput, type ReplyInput } from './parse-input.ts';
import { typeNameOf } from './result.ts';

/** Rejects if the whole request is invalid or aborted; any other failure is the outcome of this reply only. */
export async function resolveReply(
  input: ReplyInput,
  context: GraphQLContext,
  info: GraphQLResolveInfo,
): Promise<ReplyOutcome> {
  // An earlier call with the same key may have created the reply.
  let isProvenUnsent = input.idempotencyKey == null;
  const { replyToConversation, wholeRequest, signal, failInternally } = context;
  try {
    const report = await replyToConversation({
      ...parseReplyInput(input),
      optionalFields: optionalFieldsOfReply(info),
      wholeRequest,
      signal,
      onWrite() {
        isProvenUnsent = false;
      },
      failInternally,
    });
    context.report(typeNameOf(report.outcome), report);
    return report.outcome;
  } catch (error) {
    if (error instanceof RequestAborted || error instanceof GraphQLError) throw error;
    const outcome = failInternally(error, isProvenUnsent ? 'NOT_DELIVERED' : 'UNKNOWN');
    const trace = { conversationId: input.conversationId, randomId: null, idempotencyKey: null };
    context.report(typeNameOf(outcome), { outcome, trace, isReplay: false, upstreamCall: null });
    return outcome;
  }
}
