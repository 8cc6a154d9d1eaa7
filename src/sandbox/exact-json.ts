/** JSON whose numbers keep every digit; a double holds about sixteen. */

/** A number that `JSON.stringify` writes as exactly these characters. `digits` must be a JSON number. */
export function exactNumber(digits: string): RawJSON {
  return JSON.rawJSON(digits);
}

/** The digits of an id, which is a number or a string. */
export function digitsOf(id: unknown): string {
  return typeof id === 'string' ? id : JSON.stringify(id);
}

/**
 * Parses JSON so that `JSON.stringify` writes its numbers back digit for digit.
 * A number in the result is opaque: it can be written, not calculated with.
 * Throws a `SyntaxError` if the text is not JSON, a `RangeError` if it is nested too deeply.
 */
export function parseExactJson(text: string): unknown {
  return JSON.parse(text, (_key, value, { source }) =>
    typeof value === 'number' && source !== undefined ? JSON.rawJSON(source) : value,
  );
}

/** Whether a value from `parseExactJson` is a JSON object: not an array, not null and not a number. */
export function isJsonObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !JSON.isRawJSON(value);
}
