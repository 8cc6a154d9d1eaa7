/** Counts what Dashly sends and its API does not document, and logs each field once. */

import type { ObserveUndocumented } from '../conversation/undocumented.ts';
import { shortIdOf } from './report.ts';

/** `count` gets every value. `logWarning` is called once for each field of a kind, which are a fixed list. */
export function observeUndocumented(
  count: ObserveUndocumented,
  logWarning: (message: string) => void,
): ObserveUndocumented {
  const logged = new Set<string>();
  function logOnce(message: string, conversationId: string): void {
    if (logged.has(message)) return;
    logged.add(message);
    const id = shortIdOf({ conversationId });
    logWarning(`${message} The first one is in conversation ${id}; further ones are only counted.`);
  }
  return {
    unknownValue(field, conversationId) {
      count.unknownValue(field, conversationId);
      logOnce(`Dashly sends a value of "${field}" that the schema does not know.`, conversationId);
    },
    otherShape(field, conversationId) {
      count.otherShape(field, conversationId);
      logOnce(`Dashly sends "${field}" in another shape than its API documents.`, conversationId);
    },
  };
}
