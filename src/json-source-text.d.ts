/**
 * The types of "JSON.parse source text access", which Node has had since version 21 and TypeScript's library has not.
 * @see https://github.com/tc39/proposal-json-parse-with-source
 */

/** A JSON text that `JSON.stringify` writes as it is. */
interface RawJSON {
  readonly rawJSON: string;
}

interface JSON {
  parse(
    text: string,
    reviver: (this: unknown, key: string, value: unknown, context: { readonly source?: string }) => unknown,
  ): unknown;
  rawJSON(text: string): RawJSON;
  isRawJSON(value: unknown): value is RawJSON;
}
