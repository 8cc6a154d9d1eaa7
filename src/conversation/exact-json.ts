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

/** Whether a value is a JSON object of at most `maxJsonDepth` levels, and nothing in it is anything but JSON. */
export function isJsonObject(value: unknown): value is JsonObject {
  return isPlainObject(value) && isJson(value, maxJsonDepth);
}

/**
 * A parsed JSON object as one of at most `maxJsonDepth` levels: what is nested deeper is null, so that the rest is not lost with it.
 */
export function flattened(value: object): JsonObject {
  return (isJsonObject(value) ? value : cutAt(maxJsonDepth, value)) as JsonObject;
}

/** `depth` is how many levels of objects and arrays are left. */
function cutAt(depth: number, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || JSON.isRawJSON(value)) return value;
  if (depth === 0) return null;
  if (Array.isArray(value)) return value.map((nested) => cutAt(depth - 1, nested));
  return Object.fromEntries(Object.entries(value).map(([key, nested]) => [key, cutAt(depth - 1, nested)]));
}

/** `depth` is how many levels of objects and arrays are left. */
function isJson(value: unknown, depth: number): value is JsonValue {
  if (typeof value !== 'object' || value === null || JSON.isRawJSON(value)) return true;
  if (depth === 0 || !(Array.isArray(value) || isPlainObject(value))) return false;
  return Object.values(value).every((nested) => isJson(nested, depth - 1));
}

/** Neither a list, nor a number in disguise, nor an instance of a class, such as an uploaded file. */
export function isPlainObject(value: unknown): value is object {
  if (typeof value !== 'object' || value === null || JSON.isRawJSON(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** Whether no text in it, key or value, has half of a surrogate pair: such a text has no UTF-8 form. */
export function isWellFormedJson(value: JsonValue): boolean {
  if (typeof value === 'string') return value.isWellFormed();
  if (typeof value !== 'object' || value === null) return true;
  if (Array.isArray(value)) return value.every(isWellFormedJson);
  return Object.entries(value).every(([key, nested]) => key.isWellFormed() && isWellFormedJson(nested));
}
