/** Wires what the resolvers call: sending a reply, and reading a conversation. */

import { randomInt } from 'node:crypto';
import type { Config } from '../config.ts';
import { createReadConversation } from '../conversation/reading/read-conversation.ts';
import { ReplyRecovery } from '../conversation/recovery/recover-reply.ts';
import { internalError } from '../conversation/reply-failures.ts';
import { createReplyToConversation } from '../conversation/sending/reply-to-conversation.ts';
import type { CreateContext } from '../http/endpoint/execute-operation.ts';
import type { Store } from '../store/open-store.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import { sandboxAdvice, type Upstream } from './upstream.ts';

export interface UseCases {
  readonly createContext: CreateContext;
  /** Ends the look-ups of lost replies. */
  stopRecovery(): void;
}

const tokenAdvice = 'Set the header "Authorization: Token …" (or "Bearer …").';

/** Shorter than the time for a reply: an operation with both must end before a router times out. */
const maxReadMs = 5_000;

export function createUseCases(
  config: Config,
  { dashly, sandbox }: Upstream,
  store: Store,
  telemetry: Telemetry,
): UseCases {
  const adviceWithoutCaller = sandbox ? `${tokenAdvice} ${sandboxAdvice}` : tokenAdvice;
  const recovery = new ReplyRecovery({
    readParts: dashly.lookUpParts,
    timeoutMs: config.RECOVERY_TIMEOUT_MS,
    canFindReplies: sandbox !== null,
    repliesUnderWay: () => dashly.load().inUse + dashly.load().waiting,
    observe: telemetry.observeLookUp,
    warn: telemetry.logWarning,
  });
  const replyToConversation = createReplyToConversation({
    sendReply: dashly.sendReply,
    drawRandomId: () => randomInt(1, 2 ** 31),
    rateLimit: store.rateLimit,
    idempotencyStore: store.idempotencyStore,
    recovery,
    adviceWithoutCaller,
  });
  const readConversation = createReadConversation({
    readParts: dashly.readParts,
    rateLimit: store.readRateLimit,
    adviceWithoutCaller,
  });
  const limits = {
    attachmentMaxBytes: config.UPLOAD_MAX_BYTES,
    readTimeoutMs: Math.min(config.DASHLY_TIMEOUT_MS, maxReadMs),
  };

  return {
    createContext: (request, upload) => ({
      signal: request.signal,
      async readConversation(command) {
        const result = await readConversation(request.caller, command, (state) =>
          request.recorder.observeRateLimit('reads', state),
        );
        telemetry.countRead(result.kind === 'page' ? 'OK' : result.code);
        return result;
      },
      reserveMemory: (bytes) => request.admitted.reserve(bytes) === null,
      report: (typeName, report) => request.recorder.addReply({ ...report, typeName }),
      replyToConversation: (command) =>
        replyToConversation(request.caller, command, (state) =>
          request.recorder.observeRateLimit('replies', state),
        ),
      failInternally(error, delivery) {
        telemetry.logError(`Unexpected error in request ${request.requestId}.`, error);
        return internalError(request.requestId, delivery);
      },
      wholeRequest: upload?.whole ?? null,
      limits,
    }),
    stopRecovery: () => recovery.stop(),
  };
}
