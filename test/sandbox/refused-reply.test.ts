/** A refused reply is stored as a short copy. */

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { describeRefusal } from '../../src/sandbox/refused-reply.ts';

test('keeps only the start of the texts of a long call in memory', () => {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  const usedBytes = () => {
    collect();
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  };
  const before = usedBytes();
  const kept = Array.from({ length: 30 }, (_, index) => {
    const long = Buffer.alloc(4 * 1024 * 1024, String(index)).toString();
    const fields: Array<[string, string]> = [
      ['body', long],
      [long, 'x'],
    ];
    return describeRefusal(String(index), long, { fields, files: [] }, { kind: 'none' });
  });
  expect(usedBytes() - before).toBeLessThan(60 * 1024 * 1024);
  expect(kept).toHaveLength(30);
});
