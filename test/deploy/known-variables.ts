/** Which environment variables the deployment files may set for the gateway. */

import { readConfig } from '../../src/config.ts';
import { imageEnvironment } from '../support/dockerfile.ts';

/** Secrets that a file can contain. */
const inFiles = ['DASHLY_TOKEN', 'JWT_SECRET', 'JWT_PUBLIC_KEY', 'REDIS_URL', 'API_KEY_HASHES'];

/** The content of the files of secrets. */
const secrets: Readonly<Record<string, string>> = {
  DASHLY_TOKEN: 'token',
  REDIS_URL: 'redis://:password@redis:6379',
  API_KEY_HASHES: 'a'.repeat(64),
};

/** The names that the gateway does not read. */
export function unknownAmong(names: readonly string[]): string[] {
  const { config = {} } = readConfig({});
  const known = [...Object.keys(config), ...inFiles.map((name) => `${name}_FILE`)];
  return names.filter((name) => !known.includes(name));
}

/** The configuration of a container with these variables. */
export function configOf(environment: Readonly<Record<string, string>>) {
  const read = Object.entries(environment).map(([name, value]) => {
    const secret = name.replace(/_FILE$/, '');
    return secret === name ? [name, value] : [secret, secrets[secret]];
  });
  const { config, faults } = readConfig({ ...imageEnvironment, ...Object.fromEntries(read) });
  if (faults) throw new Error(faults.join('\n'));
  return config;
}
