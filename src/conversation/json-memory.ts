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
    // A first key after white space counts as a further one.
    isFirstKey = character === brace;
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
  if (end - start > 10 || text.charCodeAt(end + 1) !== colon) return false;
  for (let index = start; index < end; index++) {
    if (!isDigit(text.charCodeAt(index))) return false;
  }
  return end > start;
}

function isDigit(character: number): boolean {
  return character >= 48 && character <= 57;
}
