/** Collects what a decoder reports as undocumented. */

import type { AnswerSource } from '../../src/dashly/read-value.ts';

export interface Collector {
  readonly source: AnswerSource;
  /** The kind and the field of each report, in order. */
  readonly seen: readonly string[];
}

export function collectUndocumented(): Collector {
  const seen: string[] = [];
  const undocumented = {
    unknownValue: (field: string) => void seen.push(`value ${field}`),
    otherShape: (field: string) => void seen.push(`shape ${field}`),
  };
  return { source: { conversationId: '7', undocumented }, seen };
}
