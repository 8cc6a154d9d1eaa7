/** Secrets from files, as Docker and Kubernetes mount them: `DASHLY_TOKEN_FILE` names a file that contains `DASHLY_TOKEN`. */

import { readFileSync } from 'node:fs';

/** The variable that names the file of a secret. */
export function fileVariable(name: string): string {
  return `${name}_FILE`;
}

export interface SecretFiles {
  /** By the names of the secrets. */
  readonly contents: Readonly<Record<string, string>>;
  /** One line for each wrong file, by the names of the secrets. They do not contain the value: it may be the secret itself. */
  readonly faults: Readonly<Record<string, string>>;
}

/** Reads the file of each secret in `names` that has one. */
export function readSecretFiles(
  given: Readonly<Record<string, unknown>>,
  names: readonly string[],
): SecretFiles {
  const contents: Record<string, string> = {};
  const faults: Record<string, string> = {};
  for (const name of names) {
    const variable = fileVariable(name);
    const path = given[variable];
    if (path === undefined) continue;
    if (given[name] !== undefined) {
      faults[name] = `${name} and ${variable} cannot be set together: set one of them.`;
      continue;
    }
    try {
      const content = readFileSync(String(path), 'utf8').replace(/\r?\n$/, '');
      if (content === '') faults[name] = `${variable} must be the path of a file that is not empty.`;
      else contents[name] = content;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      faults[name] = `${variable} must be the path of a readable file (${code}).`;
    }
  }
  return { contents, faults };
}
