/** Tells inputs apart without keeping them: what one call with a key asked for, to hold another one against. */

import { createHash } from 'node:crypto';
import type { OutgoingFile } from '../conversation/attachment.ts';
import { isPlainObject } from '../conversation/exact-json.ts';
import type { KeyedReply } from '../conversation/idempotency-store.ts';

/** SHA-256 over all of the reply, the bytes of its file included. The order of keys in JSON does not count. */
export async function fingerprintOf({ draft, attachment, refusal }: KeyedReply): Promise<string> {
  const file = attachment && (await describeFile(attachment));
  const text = JSON.stringify({ ...draft, attachment: file, refusal: refusal ?? undefined }, sortKeys);
  return createHash('sha256').update(text).digest('base64url');
}

async function describeFile({ fileName, content }: OutgoingFile): Promise<object> {
  const hash = createHash('sha256');
  for await (const chunk of content.open()) hash.update(chunk);
  return { fileName, mediaType: content.mediaType, sha256: hash.digest('base64url') };
}

function sortKeys(_key: string, value: unknown): unknown {
  if (!isPlainObject(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
