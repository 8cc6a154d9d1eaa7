/** Which environment variables the deployment files may set for the gateway, and what it reads from them. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Config, readConfig } from '../../src/config.ts';
import { imageEnvironment } from '../support/process/dockerfile.ts';

/** The content of the files of secrets. */
const secrets: Readonly<Record<string, string>> = {
  DASHLY_TOKEN_FILE: 'token',
  REDIS_URL_FILE: 'redis://:password@redis:6379',
  API_KEY_HASHES_FILE: 'a'.repeat(64),
};

/** The names that the gateway does not read. */
export function unknownAmong(names: readonly string[]): string[] {
  const { config = {} } = readConfig({});
  // A file that does not exist is a fault only if the gateway reads it.
  const isFile = (name: string) => name.endsWith('_FILE') && readConfig({ [name]: '/nowhere' }).faults;
  return names.filter((name) => !Object.hasOwn(config, name) && !isFile(name));
}

/** The configuration of a container with these variables. */
export function configOf(environment: Readonly<Record<string, string>>): Config {
  const folder = mkdtempSync(join(tmpdir(), 'dashly-secrets-'));
  const read = Object.entries(environment).map(([name, value]): [string, string] => {
    const secret = secrets[name];
    if (secret === undefined) return [name, value];
    const file = join(folder, name);
    writeFileSync(file, `${secret}\n`);
    return [name, file];
  });
  const { config, faults } = readConfig({ ...imageEnvironment, ...Object.fromEntries(read) });
  rmSync(folder, { recursive: true });
  if (faults) throw new Error(faults.join('\n'));
  return config;
}
