/** Creates a certificate authority, and a certificate for this machine. */

import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isMissing } from '../is-missing.ts';
import { makeTemporaryFolder } from '../make-temporary-folder.ts';

const executablePath = '/usr/bin/openssl';

export const isOpensslMissing = isMissing(executablePath);

/** Paths of files in PEM. */
export interface Certificates {
  readonly authority: string;
  readonly certificate: string;
  readonly key: string;
}

/** Removed at the end of the test. */
export function makeCertificates(): Certificates {
  const directory = makeTemporaryFolder();
  const at = (name: string) => join(directory, name);
  const run = (line: string) =>
    execFileSync(executablePath, line.split(' '), { cwd: directory, stdio: 'pipe' });
  const newKey = '-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes';
  run(`req -x509 ${newKey} -keyout ca.key -out ca.pem -days 2 -subj /CN=authority`);
  run(`req ${newKey} -keyout server.key -out server.csr -subj /CN=server`);
  writeFileSync(at('names'), 'subjectAltName=IP:127.0.0.1\n');
  run(
    'x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile names -out server.pem',
  );
  return { authority: at('ca.pem'), certificate: at('server.pem'), key: at('server.key') };
}
