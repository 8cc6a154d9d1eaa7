/** Parses `application/x-www-form-urlencoded` strictly: a stray `%` is an error, not text. */
import { decodeUtf8, MalformedBody } from './decode-utf8.ts';

/** A form of many short fields takes up to forty times its size in memory. */
export const maxFields = 1_000;

/** Names and values in order of arrival. Throws `MalformedBody` if the text is not correctly encoded. */
export function parseUrlencoded(text: string): Array<[name: string, value: string]> {
  const pairs = text.split('&', maxFields + 1);
  if (pairs.length > maxFields) throw new MalformedBody(`The form has more than ${maxFields} fields.`);
  return pairs
    .filter((pair) => pair !== '')
    .map((pair) => {
      const equals = pair.indexOf('=');
      return equals < 0
        ? [decode(pair), '']
        : [decode(pair.slice(0, equals)), decode(pair.slice(equals + 1))];
    });
}

function decode(text: string): string {
  if (/%(?![0-9a-f]{2})/i.test(text)) {
    throw new MalformedBody('A percent sign in the form is not followed by two hexadecimal digits.');
  }
  // As bytes, because the UTF-8 of one character may be spread over four escapes.
  const latin1 = text
    .replaceAll('+', ' ')
    .replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return decodeUtf8(Buffer.from(latin1, 'latin1'), 'A parameter of the form');
}
