/** Inspects a page of the conversation, and the note in it. */

import type { DashlyResponse } from '../connections/response.ts';
import { decodeParts } from '../decode-part.ts';
import { type Fields, readFields, readList } from '../read-value.ts';
import { collectUndocumented } from './collect-undocumented.ts';
import { describeId, describeType, nothing } from './describe-value.ts';
import type { Finding } from './finding.ts';
import { inspectEnvelope } from './inspect-envelope.ts';
import { inspectPart, type SentNote } from './inspect-note.ts';

export interface InspectedPage {
  /** About the page. */
  readonly page: readonly Finding[];
  /** About the note in it; null if it is not there. */
  readonly note: readonly Finding[] | null;
}

/** `response` is null if none was received completely. */
export function inspectPage(response: DashlyResponse | null, sent: SentNote): InspectedPage {
  const expected = { status: 200, error: null, data: ['a list', 'an empty list'] };
  const { findings, data, meta } = inspectEnvelope(response, expected);
  const parts = readList(data);
  if (!parts || !meta) return { page: findings, note: null };
  const fields = parts.map((part) => readFields(part) ?? {});
  const { source, values, shapes } = collectUndocumented();
  const isReadable = decodeParts(parts, source) !== null;
  const page = [
    ...findings,
    { name: 'parts', found: isReadable ? 'readable' : 'unusable', expected: ['readable'] },
    { name: 'ids', found: describeIds(fields), expected: ['ids in strings'] },
    { name: 'unknown values', found: listOf(values), expected: ['none'] },
    { name: 'other shapes', found: listOf(shapes), expected: ['none'] },
    { name: 'order', found: describeOrder(fields), expected: ['newest first'] },
    positionIn(meta, 'next_before_position'),
    positionIn(meta, 'next_after_position'),
  ];
  const notes = fields.filter((part) => part['random_id'] === sent.randomId || isSame(part, sent));
  const [note] = notes;
  if (!note) return { page, note: null };
  const count = notes.length === 1 ? 'found once' : 'found more than once';
  return {
    page,
    note: [{ name: 'the note', found: count, expected: ['found once'] }, ...inspectPart(note, sent)],
  };
}

/** If Dashly sends no random id, the body identifies the note: it contains a unique number. */
function isSame(part: Fields, { body }: SentNote): boolean {
  return part['body'] === body;
}

function listOf(fields: ReadonlySet<string>): string {
  return fields.size === 0 ? 'none' : `of ${[...fields].sort().join(', ')}`;
}

function describeIds(parts: readonly Fields[]): string {
  const ids = parts.flatMap(({ id, conversation }) => [id, conversation]);
  return ids.every((id) => describeId(id) === 'an id in a string') ? 'ids in strings' : 'not all in strings';
}

function describeOrder(parts: readonly Fields[]): string {
  const times = parts.map(({ created }) => Number(created));
  const isSorted = times.every((time, index) => index === 0 || time <= Number(times[index - 1]));
  return isSorted ? 'newest first' : 'another order';
}

function positionIn(meta: Fields, name: string): Finding {
  const value = meta[name];
  const [id] = readList(value) ?? [];
  const found = id === undefined ? describeType(value) : `${describeId(id)}, in a list`;
  return { name: `meta.${name}`, found, expected: ['an id in a string, in a list', ...nothing] };
}
