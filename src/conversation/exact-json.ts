/** JSON whose numbers keep every digit, so that what a caller attaches to a reply survives the way there and back. */

/** A number that a double cannot hold, kept as its own text; `JSON.stringify` writes that text as it is. */
export type ExactNumber = RawJSON;

export type JsonValue = string | number | boolean | null | ExactNumber | JsonObject | readonly JsonValue[];
export type JsonObject = { readonly [key: string]: JsonValue };

/**
 * What a double might not hold, as far as a look at the text can tell: 16 characters of digits or more (fewer always
 * survive), or an exponent of three digits. Only such a text pays for the reviver, which makes `JSON.parse` several
 * times slower. Digits inside a string can match as well; that costs time, never a digit.
 */
const mayLoseDigits = /[[:,]\s*-?(?:\d[\d.]{15}|\d[\d.]*[eE][-+]?\d{3})/;

/**
 * Parses JSON without losing a digit: a number that a double might not hold becomes an `ExactNumber`.
 *
 * @throws SyntaxError where the text is not JSON.
 */
export function parseExactJson(text: string): unknown {
  if (!mayLoseDigits.test(text)) return JSON.parse(text);
  return JSON.parse(text, (_key, value, { source }) =>
    typeof value === 'number' && source !== undefined ? exactNumber(source) : value,
  );
}

/** What a number token of JSON or GraphQL stands for: a double where that surely holds it, else its own text. */
export function exactNumber(token: string): number | ExactNumber {
  const surelyHeld = token.length < 16 && !/e[-+]?\d{3}/i.test(token);
  return surelyHeld ? Number(token) : JSON.rawJSON(token);
}

/** The deepest nesting that is taken: beyond any use, and far from where `JSON.stringify` runs out of stack. */
export const maxJsonDepth = 100;

/** Whether a parsed value is an object of at most `maxJsonDepth` levels. */
export function isJsonObject(value: unknown): value is JsonObject {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !JSON.isRawJSON(value) &&
    isWithinDepth(value, maxJsonDepth)
  );
}

/** Whether a parsed value nests objects and arrays at most so many levels deep. */
function isWithinDepth(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null || JSON.isRawJSON(value)) return true;
  return depth > 0 && Object.values(value).every((nested) => isWithinDepth(nested, depth - 1));
}
