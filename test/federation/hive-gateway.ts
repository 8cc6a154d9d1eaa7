/** Starts Hive Gateway by its own command, as docs/federation.md shows it. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Router } from './router.ts';

const folder = fileURLToPath(new URL('.', import.meta.url));

export async function startHiveGateway(supergraph: string, port: number): Promise<Router> {
  const directory = mkdtempSync(join(tmpdir(), 'dashly-supergraph-'));
  const path = join(directory, 'supergraph.graphql');
  writeFileSync(path, supergraph);
  const command = join(folder, 'node_modules/.bin/hive-gateway');
  const place = ['--host', '127.0.0.1', '--port', String(port)];
  const child = spawn(
    process.execPath,
    [command, 'supergraph', path, '-c', join(folder, 'gateway.config.ts'), ...place],
    // In a group of its own, so that Ctrl-C in a terminal reaches it once: from here.
    { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'], detached: true },
  );
  const removeFiles = () => rmSync(directory, { recursive: true, force: true });
  const endWithUs = () => {
    child.kill('SIGKILL');
    removeFiles();
  };
  process.once('exit', endWithUs);
  const ended = once(child, 'exit').finally(() => {
    process.off('exit', endWithUs);
    removeFiles();
  });
  let output = '';
  const listening = new Promise<void>((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        output = (output + chunk).slice(-100_000);
        if (output.includes('Listening on')) resolve();
      });
    }
  });
  const hasEnded = await Promise.race([listening.then(() => false), ended.then(() => true)]);
  if (hasEnded) throw new Error(`Hive Gateway did not start:\n${output}`);
  return {
    url: `http://127.0.0.1:${port}/graphql`,
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
