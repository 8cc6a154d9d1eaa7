/** The user of docs/production.md that may do in Redis what the gateway does, and nothing else. */

import { readFileSync } from 'node:fs';

const page = readFileSync(new URL('../../../docs/production.md', import.meta.url), 'utf8');
const line = /^user (gateway .*)$/m.exec(page)?.[1] ?? '';

/** For `ACL SETUSER`. */
export const documentedRedisUser: readonly string[] = line.replace('>PASSWORD', '>S3cr3t').split(/\s+/);

/** The same URL of Redis, with the name and the password of that user. */
export const asDocumentedUser = (url: string): string => url.replace('//', '//gateway:S3cr3t@');
