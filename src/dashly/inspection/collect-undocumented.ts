/** Collects the fields in which a decoder finds something undocumented. */

import type { ObserveUndocumented } from '../../conversation/undocumented.ts';
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
  const observeUndocumented: ObserveUndocumented = (...[kind, field]) =>
    void (kind === 'unknownValue' ? values : shapes).add(field);
  return { source: { conversationId: '', observeUndocumented }, values, shapes };
}
