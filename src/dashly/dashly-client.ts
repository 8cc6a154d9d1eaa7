/** The client of Dashly: sends replies to conversations, and reads their parts. */

import type { ReadParts } from '../conversation/reading/read-parts.ts';
import type { ReplyOutcome } from '../conversation/reply-outcome.ts';
import type { SendReply } from '../conversation/sending/send-reply.ts';
import type { ObserveUndocumented } from '../conversation/undocumented.ts';
import type { AdviseOnToken, DashlyCaller } from './caller.ts';
import { decodeReply } from './decode-part.ts';
import { encodeReply } from './encode-reply.ts';
import { toReplyFailure, unavailableFailure } from './failures.ts';
import { matchAnswer, type SentFields } from './match-answer.ts';
import { decodePage, encodePageQuery, matchPage, toReadFailure, unusable } from './read-page.ts';
import type { AnswerSource } from './read-value.ts';
import { createRestClient, type GetRequest, type RestClient, type RestClientOptions } from './rest-client.ts';

export interface DashlyClient extends Pick<RestClient, 'load' | 'close' | 'abort'> {
  readonly sendReply: SendReply<DashlyCaller>;
  readonly readParts: ReadParts<DashlyCaller>;
  /** Reads as well, over connections of its own. */
  readonly lookUpParts: ReadParts<DashlyCaller>;
}

export interface DashlyClientOptions extends RestClientOptions {
  /** What to report as the limit if a proxy rejects a file without naming its own; in bytes. */
  readonly attachmentMaxBytes: number;
  readonly adviseOnToken: AdviseOnToken;
  /** Called if a reply got the response to another request, which means that a server or a proxy mixes them up. */
  readonly onStrayAnswer: (sent: SentFields) => void;
  readonly observeUndocumented: ObserveUndocumented;
}

export function createDashlyClient(options: DashlyClientOptions): DashlyClient {
  const { observeUndocumented, adviseOnToken } = options;
  const { post, get, load, close, abort } = createRestClient(options);

  const readFor =
    (purpose: GetRequest['purpose']): ReadParts<DashlyCaller> =>
    async (request) => {
      const { caller, conversationId, signal, timeoutMs } = request;
      const source = { conversationId, observeUndocumented };
      const { result, match, date } = await get({
        // The id may be one that Dashly sent, of any form.
        path: `/conversations/${encodeURIComponent(conversationId)}/parts?${encodePageQuery(request)}`,
        purpose,
        credential: caller.credential,
        signal,
        timeoutMs,
        source,
        judge: (data) => matchPage(data, conversationId),
      });
      if (result.failure) return toReadFailure(result.failure, { caller, adviseOnToken });
      return match === 'STRAY' ? unusable : decodePage(result, date, source);
    };

  return {
    sendReply({ caller, draft, randomIds, attachment, optionalFields, signal, deadline, onWrite }) {
      const { conversationId, body } = draft;
      const sent = {
        conversationId,
        randomId: randomIds.reply,
        isRandomIdChosen: draft.randomId !== null,
        observeUndocumented,
      };
      const attachmentMaxBytes = attachment && options.attachmentMaxBytes;
      return post<ReplyOutcome>({
        path: `/conversations/${conversationId}/reply`,
        form: encodeReply(draft, randomIds, optionalFields),
        file: attachment,
        credential: caller.credential,
        signal,
        deadline,
        onWrite,
        source: sent,
        readData(data, connection) {
          const match = matchAnswer(data, sent, connection);
          if (match !== 'STRAY') return { value: readSuccess(data, sent), match };
          options.onStrayAnswer(sent);
          return { value: unavailableFailure('BAD_RESPONSE', 'UNKNOWN'), match };
        },
        convertFailure: (failure) =>
          toReplyFailure(failure, { body, attachmentMaxBytes, caller, adviseOnToken }),
      });
    },
    readParts: readFor('read'),
    lookUpParts: readFor('lookUp'),
    load,
    close,
    abort,
  };
}

/** The envelope reports success, so the reply exists even if its data is unreadable. */
function readSuccess(data: unknown, source: AnswerSource): ReplyOutcome {
  const reply = decodeReply(data, source);
  if (!reply) return unavailableFailure('BAD_RESPONSE', 'DELIVERED');
  return { ...reply, kind: 'sent', replayed: false, recovered: false };
}
