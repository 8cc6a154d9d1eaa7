/** What a store keeps of a reply with a key: a fingerprint of its input, and its outcome as text. */

import { createHash, hash } from 'node:crypto';
import type { OutgoingFile } from '../conversation/attachment.ts';
import { isPlainObject, parseExactJson } from '../conversation/exact-json.ts';
import type { ReplyOutcome } from '../conversation/reply-outcome.ts';
import type { KeyedReply } from '../conversation/sending/idempotency-store.ts';

/** SHA-256 over the whole input, including the bytes of the file. The order of keys in JSON does not matter. */
export async function fingerprintOf({ draft, attachment, refusal }: KeyedReply): Promise<string> {
  const file = attachment && (await describeFile(attachment));
  const text = JSON.stringify({ ...draft, attachment: file, refusal: refusal ?? undefined }, sortKeys);
  return hash('sha256', text, 'base64url');
}

async function describeFile({ fileName, content }: OutgoingFile): Promise<object> {
  const sha256 = createHash('sha256');
  for await (const chunk of content.open()) sha256.update(chunk);
  return { fileName, mediaType: content.mediaType, sha256: sha256.digest('base64url') };
}

function sortKeys(_key: string, value: unknown): unknown {
  if (!isPlainObject(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

export function outcomeToText(outcome: ReplyOutcome): string {
  return JSON.stringify(outcome);
}

/**
 * The outcome that `outcomeToText` was called with: every field survives, and numbers keep all digits. A gateway of an earlier version may
 * have stored it: a field that outcomes did not always have needs its default here.
 */
export function outcomeFromText(text: string): ReplyOutcome {
  const outcome = parseExactJson(text) as ReplyOutcome;
  return outcome.kind === 'sent' && outcome.recovered === undefined
    ? { ...outcome, recovered: false }
    : outcome;
}
