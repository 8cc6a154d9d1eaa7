/** Resolves `replyToConversation`: from the arguments and the context to what became of the reply. */

import { GraphQLError, type GraphQLResolveInfo } from 'graphql';
import type { ReplyOutcome } from '../../conversation/reply-outcome.ts';
import { RequestAborted } from '../../conversation/request-aborted.ts';
import type { GraphQLContext } from '../context.ts';
import { selectedOptionalFields } from '../selected-fields.ts';
import { parseReplyInput, type ReplyInput } from './parse-input.ts';
import { typeNameOf } from './result.ts';

/** Rejects where the whole request is broken or its caller has gone; any other failure is one of this reply alone. */
export async function resolveReply(
  input: ReplyInput,
  context: GraphQLContext,
  info: GraphQLResolveInfo,
): Promise<ReplyOutcome> {
  // With a key, an earlier call may have created the reply.
  let isProvenUnsent = input.idempotencyKey == null;
  const { replyToConversation, wholeRequest, signal, failInternally } = context;
  try {
    const report = await replyToConversation({
      ...parseReplyInput(input),
      optionalFields: selectedOptionalFields(info),
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
    context.report(typeNameOf(outcome), { outcome, isReplay: false, upstreamCall: null });
    return outcome;
  }
}
