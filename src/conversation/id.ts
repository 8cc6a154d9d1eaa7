/** The ids of conversations, admins, users and parts: unsigned 64-bit integers, always carried as strings. */

const maxId = 2n ** 64n - 1n;

/** Whether the text is an id: 1 to 2^64-1, in plain digits, without leading zeros. */
export function isId(text: string): boolean {
  return /^[1-9]\d{0,19}$/.test(text) && (text.length < 20 || BigInt(text) <= maxId);
}
