/** JSON in which every number keeps every digit, because a double has room for about sixteen of them. */

/** A number that `JSON.stringify` writes as exactly these characters. `digits` has to be a JSON number. */
export function exactNumber(digits: string): RawJSON {
  return JSON.rawJSON(digits);
}

/** The id in digits, be it a bare number or a string. */
export function digitsOf(id: unknown): string {
  return typeof id === 'string' ? id : JSON.stringify(id);
}

/**
 * Parses JSON so that `JSON.stringify` writes its numbers back as they came, digit for digit.
 * Inside the result a number is opaque: it can be written out, not calculated with.
 * Throws a `SyntaxError` for what is not JSON, a `RangeError` for what is nested too deeply.
 */
export function parseExactJson(text: string): unknown {
  return JSON.parse(text, (_key, value, { source }) =>
    typeof value === 'number' && source !== undefined ? JSON.rawJSON(source) : value,
  );
}

/** Whether a value from `parseExactJson` is a JSON object: no array, no null, no number in disguise. */
export function isJsonObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !JSON.isRawJSON(value);
}
