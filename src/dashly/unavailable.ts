/** The failure for every case in which no usable answer came from Dashly. */

import type { DashlyUnavailable, Delivery, UnavailableReason } from '../conversation/reply-outcome.ts';
import type { Interruption } from './exchange.ts';

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

/** For an exchange that was cut short: what may have arrived decides. */
export function unavailableAfter({ cause, requestBegan, isAccepted }: Interruption): DashlyUnavailable {
  const delivery = isAccepted ? 'DELIVERED' : requestBegan ? 'UNKNOWN' : 'NOT_DELIVERED';
  if (cause === 'timeout') return unavailable('TIMEOUT', delivery);
  const isAnswer = isAccepted || (requestBegan && cause === 'protocol');
  return unavailable(isAnswer ? 'BAD_RESPONSE' : 'UNREACHABLE', delivery);
}
