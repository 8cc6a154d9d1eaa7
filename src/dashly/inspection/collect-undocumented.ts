/** Collects the fields in which a decoder finds something undocumented. */

import type { AnswerSource } from '../read-value.ts';

export interface UndocumentedFields {
  readonly source: AnswerSource;
  /** Fields with unknown values. */
  readonly values: ReadonlySet<string>;
  /** Fields with another shape. */
  readonly shapes: ReadonlySet<string>;
}

export function collectUndocumented(): UndocumentedFields {
  const values = new Set<string>();
  const shapes = new Set<string>();
  const undocumented = {
    unknownValue: (field: string) => void values.add(field),
    otherShape: (field: string) => void shapes.add(field),
  };
  return { source: { conversationId: '', undocumented }, values, shapes };
}
