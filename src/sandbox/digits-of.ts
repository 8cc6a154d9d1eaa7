/** Reads an id back from the form in which it goes out. */
import type { JsonId } from './conversation-part.ts';

/** The id in digits, be it a bare number or a string. */
export function digitsOf(id: JsonId): string {
  return typeof id === 'string' ? id : JSON.stringify(id);
}
