/** Estimates the memory of the values in a JSON text, which can be far larger than the text: `{}` takes 56 bytes and a slot in its list. */

/** In bytes, measured with Node.js 24. Equal strings and objects with equal keys take less. */
const perBracket = 64;
const perString = 24;
const perColon = 96;
const perComma = 16;
/** V8 gives an object with the key "34" 35 slots. */
const perIndexKey = 296;
const perFurtherIndexKey = 96;
/** A number with 16 digits or an exponent may become an `ExactNumber`. The "e" of true and false counts as well. */
const perExactNumber = 56;

/** The densest text found, nested objects with the key "34", takes 50 bytes per character. */
const maxPerCharacter = 52;

const quote = '"'.charCodeAt(0);
const backslash = '\\'.charCodeAt(0);
const bracket = '['.charCodeAt(0);
const brace = '{'.charCodeAt(0);
const colon = ':'.charCodeAt(0);
const comma = ','.charCodeAt(0);
const exponents = ['e'.charCodeAt(0), 'E'.charCodeAt(0)] as const;

/** In bytes, without the characters of its strings. Any text is accepted. */
export function memoryOfJson(text: string): number {
  let bytes = 0;
  let isFirstKey = false;
  let digits = 0;
  for (let index = 0; index < text.length; index++) {
    const character = text.charCodeAt(index);
    if (character === quote) {
      const end = endOfString(text, index);
      bytes += perString;
      if (isIndexKey(text, index + 1, end)) bytes += isFirstKey ? perIndexKey : perFurtherIndexKey;
      index = end;
    } else if (character === brace || character === bracket) bytes += perBracket;
    else if (character === colon) bytes += perColon;
    else if (character === comma) bytes += perComma;
    else if (character === exponents[0] || character === exponents[1]) bytes += perExactNumber;
    digits = isDigit(character) ? digits + 1 : 0;
    if (digits === 16) bytes += perExactNumber;
    if (!isWhiteSpace(character)) isFirstKey = character === brace;
  }
  return Math.min(bytes, maxPerCharacter * text.length);
}

/** The index of the closing quote, or of the end of the text. */
function endOfString(text: string, start: number): number {
  for (let index = start + 1; index < text.length; index++) {
    const character = text.charCodeAt(index);
    if (character === quote) return index;
    if (character === backslash) index++;
  }
  return text.length;
}

/** Whether the string is a key of digits, which V8 stores like an index of a list. */
function isIndexKey(text: string, start: number, end: number): boolean {
  const first = text.charCodeAt(start);
  // Fast for most keys.
  if (!isDigit(first) && first !== backslash) return false;
  if (end - start > maxIndexLength || !indexes.test(text.slice(start, end))) return false;
  let index = end + 1;
  while (isWhiteSpace(text.charCodeAt(index))) index++;
  return text.charCodeAt(index) === colon;
}

/** An index has at most 10 digits, and a digit may be escaped. */
const indexes = /^(?:\d|\\u003\d){1,10}$/;
const maxIndexLength = 10 * '\\u0030'.length;

function isWhiteSpace(character: number): boolean {
  return character === 32 || (character >= 9 && character <= 13);
}

function isDigit(character: number): boolean {
  return character >= 48 && character <= 57;
}
