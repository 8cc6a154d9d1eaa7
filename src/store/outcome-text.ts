/** An outcome as the text that a store keeps, and back, with all digits of its numbers. */

import { parseExactJson } from '../conversation/exact-json.ts';
import type { Part } from '../conversation/part.ts';
import type { ReplyOutcome } from '../conversation/reply-outcome.ts';

export function outcomeToText(outcome: ReplyOutcome): string {
  return JSON.stringify(outcome);
}

/** Takes what `outcomeToText` made. */
export function outcomeFromText(text: string): ReplyOutcome {
  const outcome = parseExactJson(text) as ReplyOutcome;
  if (outcome.kind !== 'sent') return outcome;
  const { part, assignPart } = outcome;
  const attachments = part.attachments.map((file) => ({ ...file, createdAt: plain(file.createdAt) }));
  return {
    ...outcome,
    part: { ...withPlainTimes(part), attachments },
    assignPart: assignPart && withPlainTimes(assignPart),
  };
}

function withPlainTimes<AnyPart extends Part>(part: AnyPart): AnyPart {
  return {
    ...part,
    createdAt: plain(part.createdAt),
    editedAt: part.editedAt === null ? null : plain(part.editedAt),
    removedAt: part.removedAt === null ? null : plain(part.removedAt),
  };
}

/** A time with microseconds has so many digits that it is read as an exact number, which it was not before. */
function plain(seconds: unknown): number {
  return Number(JSON.isRawJSON(seconds) ? seconds.rawJSON : seconds);
}
