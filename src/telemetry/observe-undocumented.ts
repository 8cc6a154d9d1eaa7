/** Counts what Dashly sends and its API does not document, and logs each field once. */

import type { ObserveUndocumented } from '../conversation/undocumented.ts';
import { shortIdOf } from './report.ts';

/** `count` gets every value. `logWarning` is called once for each field of a kind, which are a fixed list. */
export function createObserveUndocumented(
  count: ObserveUndocumented,
  logWarning: (message: string) => void,
): ObserveUndocumented {
  const logged = new Set<string>();
  return (...found) => {
    count(...found);
    const [kind, field, conversationId] = found;
    const message =
      kind === 'unknownValue'
        ? `Dashly sends a value of "${field}" that is not in the schema.`
        : `Dashly sends "${field}" in another shape than its API documents.`;
    if (logged.has(message)) return;
    logged.add(message);
    const id = shortIdOf({ conversationId });
    logWarning(`${message} The first one is in conversation ${id}; further ones are only counted.`);
  };
}
