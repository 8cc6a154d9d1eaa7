/** Reads the parameters of a call by type, and collects what is wrong with them. */
import { parseExactJson } from '../../exact-json.ts';

/** Parsed JSON takes about twenty times as much memory as its text. */
const maxJsonCharacters = 1024 * 1024;

const maxId = 2n ** 64n - 1n;

/** The last value of a repeated parameter counts. */
export class FormParameters {
  readonly #values: ReadonlyMap<string, string>;
  readonly #problems = new Map<string, string>();

  constructor(fields: ReadonlyArray<readonly [name: string, value: string]>) {
    this.#values = new Map(fields);
  }

  /** A sentence for each wrong parameter, by its name. */
  get problems(): ReadonlyMap<string, string> {
    return this.#problems;
  }

  /** Reports a parameter as wrong; `expected` completes the sentence "Expected …". */
  reject(name: string, expected: string): void {
    this.#problems.set(name, `Expected ${expected}.`);
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  /** The value as it was sent, null if the parameter is missing. */
  text(name: string): string | null {
    return this.#values.get(name) ?? null;
  }

  /** The value if it is valid; otherwise null, and the parameter is reported unless it is missing. */
  valid(name: string, isValid: (value: string) => boolean, expected: string): string | null {
    const value = this.text(name);
    if (value === null || isValid(value)) return value;
    this.reject(name, expected);
    return null;
  }

  /** An integer of 32 bits, 0 if it is missing or invalid. */
  integer(name: string): number {
    return Number(this.valid(name, isInt32, 'an integer of 32 bits') ?? 0);
  }

  /** The parsed JSON; undefined if it is missing, too long or not JSON, which the caller reports. */
  json(name: string): unknown {
    const text = this.text(name);
    if (text === null || text.length > maxJsonCharacters) return undefined;
    try {
      return parseExactJson(text);
    } catch {
      return undefined;
    }
  }

  /** Dashly reads `false` in any case, `0` and the empty text as false, any other text as true. */
  isTrue(name: string): boolean {
    const value = this.text(name) ?? '';
    return value !== '' && value !== '0' && value.toLowerCase() !== 'false';
  }
}

/** Whether a text is an id: 1 to 2^64 − 1 in plain digits, without a sign or a leading zero. */
export function isId(text: string): boolean {
  return /^[1-9]\d{0,19}$/.test(text) && BigInt(text) <= maxId;
}

function isInt32(text: string): boolean {
  return /^-?(0|[1-9]\d{0,9})$/.test(text) && Number(text) === (Number(text) | 0);
}
