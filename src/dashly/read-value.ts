/**
 * Reads single values of responses. Not with zod, which takes 6 to 18 % of the time for a reply (measured): most fields may have any shape, and zod
 * creates an error for each.
 */

import { isJsonObject, isPlainObject, type JsonObject } from '../conversation/exact-json.ts';
import type { FieldWithKnownShape, ObserveUndocumented } from '../conversation/undocumented.ts';

/** The answer that values are read from. */
export interface AnswerSource {
  readonly conversationId: string;
  /** Called only for what is undocumented. */
  readonly observeUndocumented: ObserveUndocumented;
}

/** A value is not as documented, so the response cannot be trusted. */
export class UndocumentedValue extends Error {
  readonly field: FieldWithKnownShape;

  constructor(field: FieldWithKnownShape) {
    super();
    this.field = field;
  }
}

export type Fields = Readonly<Record<string, unknown>>;

/** Reads a value; null if it has another type. */
export type Read<Value> = (value: unknown) => Value | null;

const maxInt32 = 2 ** 31 - 1;
const endOfYear9999 = 253_402_300_799;

/** In characters; an id of 64 bits has 20. A response of the gateway repeats ids, and contains them in cursors. */
const maxIdLength = 200;

/** An id, as a string or as a number of up to 64 bits. */
export function readId(value: unknown): string | null {
  if (typeof value === 'string') return value === '' || value.length > maxIdLength ? null : value;
  if (typeof value === 'number') return Number.isSafeInteger(value) && value >= 0 ? String(value) : null;
  return JSON.isRawJSON(value) && /^\d{1,200}$/.test(value.rawJSON) ? value.rawJSON : null;
}

/** Seconds since the epoch, an integer or a float. */
export function readTime(value: unknown): number | null {
  const seconds = JSON.isRawJSON(value) ? Number(value.rawJSON) : value;
  return typeof seconds === 'number' && seconds >= 0 && seconds <= endOfYear9999 ? seconds : null;
}

export function readText(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

export function readBoolean(value: unknown): boolean | null {
  return typeof value === 'boolean' ? value : null;
}

/** A 32-bit integer. */
export function readInt(value: unknown): number | null {
  const isInt =
    typeof value === 'number' && Number.isInteger(value) && Math.abs(value + 0.5) <= maxInt32 + 0.5;
  return isInt ? value : null;
}

/** An integer of any size, as a number or as a string. */
export function readInteger(value: unknown): number | null {
  if (typeof value === 'number') return Number.isInteger(value) ? value : null;
  const text = JSON.isRawJSON(value) ? value.rawJSON : value;
  return typeof text === 'string' && /^-?\d{1,20}$/.test(text) ? Number(text) : null;
}

/** A number of any kind, also as a string of digits; rounded if it is long. */
export function readNumber(value: unknown): number | null {
  if (JSON.isRawJSON(value)) return Number(value.rawJSON);
  if (typeof value === 'string') return /^-?\d+$/.test(value) ? Number(value) : null;
  return typeof value === 'number' ? value : null;
}

/** An id; some versions of the API may send the whole object instead. */
export function readConversation(value: unknown): string | null {
  return readId(value) ?? readId(readFields(value)?.['id']);
}

/** A number of bytes that fits into a GraphQL `Int`. */
export function readSize(value: unknown): number | null {
  const size = readInt(value);
  return size !== null && size >= 0 ? size : null;
}

export const readJsonObject: Read<JsonObject> = (value) => (isJsonObject(value) ? value : null);

export const readFields: Read<Fields> = (value) => (isPlainObject(value) ? value : null);

/** A list with more items than a reply can have is not accepted. */
export const readList: Read<readonly unknown[]> = (value) =>
  Array.isArray(value) && value.length <= 10_000 ? value : null;

/** @throws UndocumentedValue if the value has another type. */
export function required<Value>(read: Read<Value>, value: unknown, field: FieldWithKnownShape): Value {
  const known = read(value);
  if (known === null) throw new UndocumentedValue(field);
  return known;
}

/** Null if there is none. @throws UndocumentedValue if the value has another type. */
export function optional<Value>(read: Read<Value>, value: unknown, field: FieldWithKnownShape): Value | null {
  return value == null ? null : required(read, value, field);
}

/** Null if there is none, or if the value has another type, which is reported. */
export function nullable<Value>(
  read: Read<Value>,
  value: unknown,
  field: FieldWithKnownShape,
  source: AnswerSource,
): Value | null {
  if (value == null) return null;
  const known = read(value);
  if (known === null) source.observeUndocumented('otherShape', field, source.conversationId);
  return known;
}
