/** Finds secrets in the output of a process, whole or in part, as plain text or encoded. */

/** Shorter pieces would match by chance. */
const pieceLength = 12;

/** The names of the secrets of which the text contains at least 12 consecutive characters, in any common encoding. */
export function findSecrets(text: string, secrets: Readonly<Record<string, string>>): string[] {
  const owners = new Map<string, string>();
  for (const [name, secret] of Object.entries(secrets)) {
    for (const form of formsOf(secret)) {
      for (let at = 0; at + pieceLength <= form.length; at++)
        owners.set(form.slice(at, at + pieceLength), name);
    }
  }
  const found = new Set<string>();
  for (let at = 0; at + pieceLength <= text.length; at++) {
    const owner = owners.get(text.slice(at, at + pieceLength));
    if (owner !== undefined) found.add(owner);
  }
  return [...found].sort();
}

function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const hex = bytes.toString('hex');
  // The Base64 of a text depends on its offset in a group of three bytes; characters that also depend on the neighbouring text are omitted.
  const base64 = [0, 1, 2].map((start) => {
    const end = bytes.length - ((bytes.length - start) % 3);
    return bytes.subarray(start, end).toString('base64');
  });
  const base64url = base64.map((form) => form.replaceAll('+', '-').replaceAll('/', '_'));
  const reversed = [...secret].reverse().join('');
  return [secret, encodeURIComponent(secret), hex, hex.toUpperCase(), reversed, ...base64, ...base64url];
}
