/** Resolves `replyToConversation`: from the arguments and the context to what became of the reply. */

import type { GraphQLResolveInfo } from 'graphql';
import { invalidReply, type ReplyOutcome } from '../conversation/reply-outcome.ts';
import type { ReplyReport } from '../conversation/reply-report.ts';
import type { GraphQLContext } from './context.ts';
import { parseReplyInput, type ReplyInput } from './parse-reply-input.ts';
import { typeNameOf } from './reply-result.ts';
import { selectedOptionalFields } from './selected-optional-fields.ts';

export async function resolveReply(
  input: ReplyInput,
  context: GraphQLContext,
  info: GraphQLResolveInfo,
): Promise<ReplyOutcome> {
  const report = await replyTo(input, context, info);
  context.report(typeNameOf(report.outcome), report);
  return report.outcome;
}

function replyTo(
  input: ReplyInput,
  { replyToConversation, caller, wholeRequest, presence }: GraphQLContext,
  info: GraphQLResolveInfo,
): ReplyReport | Promise<ReplyReport> {
  const { draft, idempotencyKey, issues } = parseReplyInput(input);
  if (issues.length > 0) {
    return { outcome: invalidReply('Nothing was sent.', issues), isReplay: false, upstreamCall: null };
  }
  const optionalFields = selectedOptionalFields(info);
  return replyToConversation({ draft, idempotencyKey, caller, optionalFields, wholeRequest, presence });
}
