/** The failure for every case in which no usable answer came from Dashly. */

import type { DashlyUnavailable, Delivery, UnavailableReason } from '../conversation/reply-outcome.ts';
import type { Interruption } from './exchange.ts';
import { isRefusal, isSuccess } from './response.ts';

const causes: Record<UnavailableReason, string> = {
  UNREACHABLE: 'The connection to Dashly failed.',
  TIMEOUT: 'Dashly did not answer in time.',
  SERVER_ERROR: 'Dashly failed.',
  BAD_RESPONSE: "Dashly's answer is not what its API documents.",
};

const consequences: Record<Delivery, string> = {
  NOT_DELIVERED: 'Nothing was sent.',
  UNKNOWN: 'Whether the reply was created is not known: look into the conversation before sending it again.',
  DELIVERED: 'The reply was created: do not send it again.',
};

export function unavailable(reason: UnavailableReason, delivery: Delivery): DashlyUnavailable {
  return {
    kind: 'dashlyUnavailable',
    message: `${causes[reason]} ${consequences[delivery]}`,
    delivery,
    reason,
  };
}

/** For a status that neither accepts the reply nor refuses it. */
export function unavailableBy(status: number): DashlyUnavailable {
  // A proxy answers 408 where it gave up, as it does with 504: Dashly may have the request all the same.
  const isFailure = status === 408 || (status >= 500 && status <= 599);
  return unavailable(isFailure ? 'SERVER_ERROR' : 'BAD_RESPONSE', 'UNKNOWN');
}

/** For an exchange that was cut short. A status alone proves nothing: the envelope that did not come carries the status that counts. */
export function unavailableAfter({ cause, requestBegan, status }: Interruption): DashlyUnavailable {
  const delivery = requestBegan ? 'UNKNOWN' : 'NOT_DELIVERED';
  if (status !== null && !isSuccess(status) && !isRefusal(status)) return unavailableBy(status);
  if (cause === 'timeout') return unavailable('TIMEOUT', delivery);
  const isAnswer = status !== null || (requestBegan && cause === 'protocol');
  return unavailable(isAnswer ? 'BAD_RESPONSE' : 'UNREACHABLE', delivery);
}
