/**
 * The types of "JSON.parse source text access", which Node has since version 21 and TypeScript's library lacks.
 * @see https://github.com/tc39/proposal-json-parse-with-source
 */

/** A JSON text that `JSON.stringify` writes unchanged. */
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
