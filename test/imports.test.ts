/** The rules for imports in `.dependency-cruiser.mjs`: each of them rejects a file that breaks it. */

import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { makeTemporaryFolder } from './support/make-temporary-folder.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Each source file breaks a rule, except the empty ones. */
const files: Record<string, string> = {
  'src/conversation/type.ts': "import type { A } from '../graphql/empty.ts'; export type B = A;",
  'src/conversation/package.ts': "import 'node:crypto';",
  'src/conversation/cycle.ts': "import type { A } from './cycle-back.ts'; export type B = A;",
  'src/conversation/cycle-back.ts': "import type { B } from './cycle.ts'; export type A = B;",
  'src/executor/outward.ts': "export * from '../graphql/empty.ts';",
  'src/executor/package.ts': "import 'lru-cache';",
  'src/graphql/empty.ts': '',
  'src/graphql/server.ts': "import type { Server } from 'node:http'; export type A = Server;",
  'src/graphql/test.ts': "import '../../test/empty.ts';",
  'src/dashly/empty.ts': '',
  'src/dashly/sandbox.ts': "await import('../sandbox/empty.ts');",
  'src/dashly/development.ts': "import 'for-tests';",
  'src/dashly/lost.ts': "import './lost-file.ts';",
  'src/sandbox/empty.ts': '',
  'src/sandbox/api/dashly.ts': "import '../../dashly/empty.ts';",
  'src/sandbox/api/package.ts': "import 'undici';",
  'src/graphiql/index.ts': '',
  'src/gateway.ts': "import './graphiql/index.ts';",
  'src/later/new.ts': "import '../conversation/type.ts';",
  'schema/source.ts': "import '../src/graphql/empty.ts';",
  'test/empty.ts': '',
  'package.json': '{ "devDependencies": { "for-tests": "*" } }',
  'node_modules/for-tests/index.js': '',
};

/** Runs the command of check:imports in a folder and lists the violations as "file: rule". */
function findViolations(folder: string): string[] {
  const command = join(root, 'node_modules/.bin/depcruise');
  const rules = join(root, '.dependency-cruiser.mjs');
  const json = execFileSync(command, ['--config', rules, '--output-type', 'json', 'src', 'test', 'schema'], {
    cwd: folder,
    encoding: 'utf8',
  });
  const { summary } = JSON.parse(json) as {
    summary: { violations: { from: string; rule: { name: string } }[] };
  };
  return summary.violations.map(({ from, rule }) => `${from}: ${rule.name}`).sort();
}

test('the rules report each file that breaks one, even if it imports only a type', () => {
  const folder = makeTemporaryFolder();
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  expect(findViolations(folder)).toEqual([
    'schema/source.ts: client-package',
    // A cycle is reported once.
    'src/conversation/cycle-back.ts: no-cycles',
    'src/conversation/package.ts: packages-of-conversation',
    'src/conversation/type.ts: folders-of-conversation',
    'src/dashly/development.ts: no-development-packages',
    'src/dashly/lost.ts: no-unresolvable',
    'src/dashly/sandbox.ts: folders-of-dashly',
    'src/executor/outward.ts: folders-of-executor',
    'src/executor/package.ts: no-unresolvable',
    'src/executor/package.ts: packages-of-executor',
    'src/gateway.ts: folders-of-gateway.ts',
    'src/gateway.ts: no-index',
    'src/graphql/server.ts: http-server',
    'src/graphql/test.ts: folders-of-graphql',
    'src/later/new.ts: unknown-folder',
    'src/sandbox/api/dashly.ts: folders-of-sandbox',
    'src/sandbox/api/package.ts: no-unresolvable',
    'src/sandbox/api/package.ts: packages-of-sandbox',
  ]);
});
