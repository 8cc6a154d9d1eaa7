/** Describes values of an answer in fixed words, so that no text of it can be printed. */

import { type Fields, readFields } from '../read-value.ts';

/** The words for a value that is not there. */
export const nothing = ['absent', 'null'] as const;

export function describeType(value: unknown): string {
  if (value === undefined) return 'absent';
  if (value === null) return 'null';
  if (JSON.isRawJSON(value)) return 'a long number';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  switch (typeof value) {
    case 'string':
      return value === '' ? 'an empty string' : 'a string';
    case 'number':
      return 'a number';
    case 'boolean':
      return 'a boolean';
    default:
      return 'an object';
  }
}

export function describeId(value: unknown): string {
  return typeof value === 'string' && /^\d{1,20}$/.test(value) ? 'an id in a string' : describeType(value);
}

export function describeSame(value: unknown, sent: unknown): string {
  return value === sent ? 'as sent' : `${describeType(value)}, not as sent`;
}

/** A name only if it is one of those that are documented. */
export function describeName(value: unknown, documented: readonly string[]): string {
  if (typeof value !== 'string' || value === '') return describeType(value);
  return documented.includes(value) ? value : 'an undocumented name';
}

/** In milliseconds; allows for clocks that differ. */
const toleranceMs = 3_600_000;

/** `nearMs` is when the value was made, in milliseconds since 1970. */
export function describeTime(value: unknown, nearMs: number): string {
  if (typeof value !== 'number') return describeType(value);
  return Math.abs(value * 1000 - nearMs) <= toleranceMs ? 'seconds since 1970' : 'a number, not of this time';
}

export function describeSender(value: unknown, adminTypes: readonly string[]): string {
  const admin = readFields(value);
  if (!admin) return describeId(value) === 'an id in a string' ? 'a user' : describeType(value);
  if (!hasNames(admin)) return 'an object of another form';
  const type = describeName(admin['type'], adminTypes);
  if (describeId(admin['id']) === 'an id in a string' && adminTypes.includes(type)) return 'an admin';
  return admin['id'] === undefined && admin['type'] === 'default_admin'
    ? 'a default admin'
    : 'an object of another form';
}

function hasNames({ name, avatar }: Fields): boolean {
  return typeof name === 'string' && (avatar == null || typeof avatar === 'string');
}
