/** Starts a federated graph by one command, as docs/federation.md shows it. */

import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { isFederationMissing } from './is-federation-missing.ts';
import { startSupergraph } from './start-supergraph.ts';

vi.setConfig({ testTimeout: 120_000 });

describe.skipIf(isFederationMissing)('npm run supergraph', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)(
    'serves a graph whose example runs, and at %s stops everything that it started',
    async (signal) => {
      const directory = mkdtempSync(join(tmpdir(), 'dashly-supergraph-test-'));
      onTestFinished(() => rmSync(directory, { recursive: true }));
      const command = await startSupergraph({ TMPDIR: directory }, ['npm', 'run', 'supergraph']);
      const output = command.output();
      expect(readdirSync(directory)).toContainEqual(expect.stringMatching(/^dashly-supergraph-/));
      const example = output.slice(output.indexOf('\ncurl '));
      for (const _time of [1, 2]) {
        const { stdout } = await promisify(execFile)('sh', ['-c', example]);
        expect(JSON.parse(stdout)).toEqual({
          data: {
            replyToConversation: {
              __typename: 'ReplyToConversationPayload',
              part: { body: 'Hello', conversation: { id: '1', title: 'Conversation 1 with a customer' } },
            },
          },
        });
      }
      const urls = output.match(/http:\/\/127\.0\.0\.1:\d+\/graphql/g) ?? [];
      expect(new Set(urls).size).toBe(3);
      const page = await fetch(command.url, { headers: { accept: 'text/html' } });
      expect(page.headers.get('content-type')).toContain('text/html');
      expect(await command.stop(signal)).toBe(0);
      for (const url of urls) await expect(fetch(url)).rejects.toThrow();
      // Hive Gateway writes its compiled code there.
      expect(readdirSync(directory).filter((name) => name !== 'node-compile-cache')).toEqual([]);
    },
  );
});
