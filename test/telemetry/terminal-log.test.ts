/** The log line of an operation at a terminal. */

import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { createLog } from '../../src/telemetry/log.ts';
import type { OperationReport } from '../../src/telemetry/report.ts';
import { createTerminalStream } from '../../src/telemetry/terminal-log.ts';
import { lost, sampleReply, sampleReport, sent } from './sample-report.ts';

function startLog() {
  let written = '';
  const terminal = {
    write: (text: string) => {
      written += text;
    },
  };
  const log = createLog({ stream: createTerminalStream(terminal) });
  return { log, raw: () => written, text: () => stripVTControlCharacters(written) };
}

const refusal = {
  reason: 'The token has expired.',
  callerId: 'jwt:hash',
  clientAddress: '127.0.0.1',
  origin: null,
};

test.each<[report: Partial<OperationReport>, line: string]>([
  [
    { replies: [sampleReply(sent)] },
    'INFO: Reply: ReplyToConversationPayload DELIVERED, Dashly 200 after 20.3 ms, HTTP 200 after 30.5 ms, abcdefgh-1',
  ],
  [
    { replies: [sampleReply(sent, 'no call', true), sampleReply(lost, null)], status: null },
    'WARN: Reply: ReplyToConversationPayload DELIVERED replayed, DashlyUnavailableError UNKNOWN, ' +
      'Dashly no response after 20.3 ms, client disconnected after 30.5 ms, abcdefgh-1',
  ],
  [{ operationName: null, status: 401 }, 'INFO: (no name): HTTP 401 after 30.5 ms, abcdefgh-1'],
  [
    { operationName: null, status: 401, refusal },
    'INFO: (no name): The token has expired., HTTP 401 after 30.5 ms, abcdefgh-1',
  ],
])('an operation is one line: %#', (differences, line) => {
  const { log, text } = startLog();
  log.observe(sampleReport(differences));
  expect(text()).toMatch(/^\[\d\d:\d\d:\d\d\.\d{3}\] [^\n]+\n$/);
  expect(text()).toContain(line);
});

test('a line without an operation is its message', () => {
  const { log, text } = startLog();
  log.logWarning('A warning.');
  log.logRefusal('A request was refused.', 'abcdefgh-2', refusal);
  log.logInfo('The gateway accepts requests.', { url: 'http://localhost' });
  const lines = text().trimEnd().split('\n');
  expect(lines.map((line) => line.slice('[00:00:00.000] '.length))).toEqual([
    'WARN: A warning.',
    'INFO: A request was refused. The token has expired. abcdefgh-2',
    'INFO: The gateway accepts requests.',
  ]);
});

test('an error has its causes, without control characters', () => {
  const { log, raw, text } = startLog();
  const cause = new AggregateError([new Error('first'), new Error('second')], 'inner');
  log.logError('It failed.', new Error('outer \u001b]0;title\u0007', { cause }));
  expect(text()).toMatch(
    /ERROR: It failed\. Error: outer .+\n +at .+\nCaused by: AggregateError: inner\n.+: first\n.+: second\n/s,
  );
  expect(raw()).not.toContain('\u001b]');
  expect(raw()).not.toContain('\u0007');
});
