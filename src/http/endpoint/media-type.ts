/** Parses the media types of the headers `Accept` and `Content-Type` (RFC 9110, 8.3.1). */

export interface MediaType {
  /** In lower case, such as `application/json` or `application/*`. */
  readonly type: string;
  /** Names in lower case, values without quotes. */
  readonly parameters: readonly (readonly [name: string, value: string])[];
}

/** Parses a list, such as that of `Accept`, in its order. */
export function parseMediaTypes(list: string): readonly MediaType[] {
  return splitOutsideQuotes(list, ',').map(parseMediaType);
}

/** Parses one media type with its parameters. */
export function parseMediaType(text: string): MediaType {
  const [type = '', ...parameters] = splitOutsideQuotes(text, ';');
  return { type: type.toLowerCase(), parameters: parameters.filter((it) => it !== '').map(parseParameter) };
}

/** Whether no parameter names another character set than UTF-8. */
export function isUtf8({ parameters }: MediaType): boolean {
  return parameters.every(([name, value]) => name !== 'charset' || /^utf-?8$/i.test(value));
}

function parseParameter(text: string): readonly [name: string, value: string] {
  const [name = '', value = ''] = text.split(/=(.*)/s);
  const quoted = /^"(.*)"$/s.exec(value.trim())?.[1];
  return [name.trim().toLowerCase(), quoted?.replace(/\\(.)/gs, '$1') ?? value.trim()];
}

/** Splits and trims. */
function splitOutsideQuotes(text: string, separator: ',' | ';'): string[] {
  // Without quotes, a plain split is faster.
  if (!text.includes('"')) return text.split(separator).map((piece) => piece.trim());
  const pieces: string[] = [];
  let start = 0;
  let isQuoted = false;
  for (let index = 0; index < text.length; index++) {
    const character = text[index];
    if (character === '"') isQuoted = !isQuoted;
    else if (character === '\\' && isQuoted) index++;
    else if (character === separator && !isQuoted) {
      pieces.push(text.slice(start, index).trim());
      start = index + 1;
    }
  }
  return [...pieces, text.slice(start).trim()];
}
