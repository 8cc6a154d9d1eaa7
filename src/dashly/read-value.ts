/**
 * Reads single values of Dashly's answers. Written by hand rather than with zod, which took a tenth of the time that the gateway needs
 * for a reply: most fields may be anything at all, for which zod makes an error and drops it.
 */

import { isJsonObject, isPlainObject, type JsonObject } from '../conversation/exact-json.ts';

/** What stands where the documentation promises something else; then nothing of the answer can be trusted. */
export class UndocumentedValue extends Error {}

export type Fields = Readonly<Record<string, unknown>>;

/** Reads a value; null where it is of another kind. */
export type Read<Value> = (value: unknown) => Value | null;

const maxInt32 = 2 ** 31 - 1;
const endOfYear9999 = 253_402_300_799;

/** An id, as a string or as a bare number of up to 64 bits. */
export function readId(value: unknown): string | null {
  if (typeof value === 'string') return value === '' ? null : value;
  if (typeof value === 'number') return Number.isSafeInteger(value) && value >= 0 ? String(value) : null;
  return JSON.isRawJSON(value) && /^\d+$/.test(value.rawJSON) ? value.rawJSON : null;
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

/** A whole number of 32 bits. */
export function readInt(value: unknown): number | null {
  const isInt =
    typeof value === 'number' && Number.isInteger(value) && Math.abs(value + 0.5) <= maxInt32 + 0.5;
  return isInt ? value : null;
}

/** A number of bytes that an `Int` of GraphQL can hold. */
export function readSize(value: unknown): number | null {
  const size = readInt(value);
  return size !== null && size >= 0 ? size : null;
}

export const readJsonObject: Read<JsonObject> = (value) => (isJsonObject(value) ? value : null);

export const readFields: Read<Fields> = (value) => (isPlainObject(value) ? (value as Fields) : null);

/** More items than a reply can have are no list either. */
export const readList: Read<readonly unknown[]> = (value) =>
  Array.isArray(value) && value.length <= 10_000 ? value : null;

/** @throws UndocumentedValue where the value is of another kind. */
export function required<Value>(read: Read<Value>, value: unknown): Value {
  const known = read(value);
  if (known === null) throw new UndocumentedValue();
  return known;
}

/** Null where there is none. @throws UndocumentedValue where there is one of another kind. */
export function optional<Value>(read: Read<Value>, value: unknown): Value | null {
  return value == null ? null : required(read, value);
}
