/** JSON whose numbers keep every digit, so that they pass the gateway unchanged. */

/** A number that a double cannot hold, kept as its text; `JSON.stringify` writes that text. */
export type ExactNumber = RawJSON;

export type JsonValue = string | number | boolean | null | ExactNumber | JsonObject | readonly JsonValue[];
export type JsonObject = { readonly [key: string]: JsonValue };

/**
 * Finds texts with numbers that a double might not hold: at least 16 characters of digits, or an exponent of three digits. Only these need
 * the reviver, which makes `JSON.parse` several times slower. Digits in a string match as well, which costs time but no digit.
 */
const mayLoseDigits = /[[:,]\s*-?(?:\d[\d.]{15}|\d[\d.]*[eE][-+]?\d{3})/;

/**
 * Parses JSON without losing a digit: a number that a double cannot hold becomes an `ExactNumber`.
 *
 * @throws SyntaxError if the text is not JSON.
 */
export function parseExactJson(text: string): unknown {
  if (!mayLoseDigits.test(text)) return JSON.parse(text);
  return JSON.parse(text, (_key, value, { source }) =>
    typeof value === 'number' && source !== undefined ? exactNumber(source) : value,
  );
}

/** The value of a number token of JSON or GraphQL: a double if that prints the same digits, else the token itself. */
export function exactNumber(token: string): number | ExactNumber {
  const number = Number(token);
  if (token.length < 16 && !/e[-+]?\d{3}/i.test(token)) return number;
  // A double beyond 2^53 can print the digits of its token by chance; as an id it is not safe.
  const isSafe = Number.isSafeInteger(number) || !Number.isInteger(number);
  return isSafe && String(number) === token ? number : JSON.rawJSON(token);
}

/** The deepest nesting that is accepted: more than real data has, and far from a stack overflow in `JSON.stringify`. */
export const maxJsonDepth = 100;

/** Whether a value is a JSON object of at most `maxJsonDepth` levels, with nothing but JSON in it. */
export function isJsonObject(value: unknown): value is JsonObject {
  return isPlainObject(value) && isJson(value, maxJsonDepth);
}

/** A parsed JSON object in which everything below `maxJsonDepth` levels is null, so that the rest is not lost. */
export function limitDepth(value: object): JsonObject {
  return (isJsonObject(value) ? value : cutAt(maxJsonDepth, value)) as JsonObject;
}

/** `depth` is the number of levels left. */
function cutAt(depth: number, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || JSON.isRawJSON(value)) return value;
  if (depth === 0) return null;
  if (Array.isArray(value)) return value.map((nested) => cutAt(depth - 1, nested));
  return Object.fromEntries(Object.entries(value).map(([key, nested]) => [key, cutAt(depth - 1, nested)]));
}

/** `depth` is the number of levels left. */
function isJson(value: unknown, depth: number): value is JsonValue {
  if (typeof value !== 'object' || value === null || JSON.isRawJSON(value)) return true;
  if (depth === 0 || !(Array.isArray(value) || isPlainObject(value))) return false;
  return Object.values(value).every((nested) => isJson(nested, depth - 1));
}

/** Whether a value is an object, but not an array, an `ExactNumber` or an instance of a class such as an uploaded file. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || JSON.isRawJSON(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** Whether no string in it, key or value, contains a lone surrogate, which has no UTF-8 form. */
export function isWellFormedJson(value: JsonValue): boolean {
  if (typeof value === 'string') return value.isWellFormed();
  if (typeof value !== 'object' || value === null) return true;
  if (Array.isArray(value)) return value.every(isWellFormedJson);
  return Object.entries(value).every(([key, nested]) => key.isWellFormed() && isWellFormedJson(nested));
}
