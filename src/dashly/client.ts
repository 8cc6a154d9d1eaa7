/** The client of Dashly: sends replies to conversations. */

import type { Caller } from '../conversation/caller.ts';
import type { SendReply } from '../conversation/send-reply.ts';
import { decodeReply } from './decode-part.ts';
import { encodeReply } from './encode-reply.ts';
import { unavailable } from './failures.ts';
import { type Credential, createRestClient, type RestClient, type RestClientOptions } from './rest-client.ts';

/** A caller with what Dashly authenticates it by. */
export interface DashlyCaller extends Caller {
  readonly credential: Credential;
}

export interface DashlyClient extends Pick<RestClient, 'load' | 'close'> {
  readonly sendReply: SendReply<DashlyCaller>;
}

export function createDashlyClient(options: RestClientOptions): DashlyClient {
  const { post, load, close } = createRestClient(options);

  return {
    async sendReply({ caller, draft, attachment, optionalFields, signal, deadline, onWrite }) {
      const { result, upstreamCall } = await post({
        path: `/conversations/${draft.conversationId}/reply`,
        form: encodeReply(draft, optionalFields),
        file: attachment,
        credential: caller.credential,
        signal,
        deadline,
        onWrite,
      });
      if (result.failure) return { outcome: result.failure, upstreamCall };
      const reply = decodeReply(result.data);
      // The envelope reports success, so the reply exists even if its data is unreadable.
      const outcome = reply
        ? ({ ...reply, kind: 'sent', replayed: false } as const)
        : unavailable('BAD_RESPONSE', 'DELIVERED');
      return { outcome, upstreamCall };
    },
    load,
    close,
  };
}
