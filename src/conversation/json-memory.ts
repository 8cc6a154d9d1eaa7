/** Estimates the memory of the values in a JSON text, which can be far larger than the text: `{}` takes 56 bytes and a slot in its list. */

/** In bytes, measured with Node.js 24. */
const perBracket = 64;
const perColon = 64;
const perComma = 48;

/** The densest text found, nested empty lists, takes 27 bytes per character. */
const maxPerCharacter = 27;

const bracket = '['.charCodeAt(0);
const brace = '{'.charCodeAt(0);
const colon = ':'.charCodeAt(0);
const comma = ','.charCodeAt(0);

/** In bytes, without the text itself. Punctuation in strings counts too. */
export function memoryOfJson(text: string): number {
  let bytes = 0;
  for (let index = 0; index < text.length; index++) {
    const character = text.charCodeAt(index);
    if (character === brace || character === bracket) bytes += perBracket;
    else if (character === colon) bytes += perColon;
    else if (character === comma) bytes += perComma;
  }
  return Math.min(bytes, maxPerCharacter * text.length);
}
