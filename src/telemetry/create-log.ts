/** The log: one line about each operation, and one about each error that nobody foresaw. */

import type { Delivery } from '../conversation/reply-outcome.ts';
import type { OperationReport, ReportedReply } from '../http/operation-report.ts';
import { deliveryOf } from './delivery-of.ts';
import { describeError } from './describe-error.ts';
import { isFailed } from './is-failed.ts';
import { type LineStream, LineWriter } from './line-writer.ts';
import { shownName } from './shown-name.ts';
import { createTerminalStream } from './terminal-stream.ts';

export interface Log {
  observe(report: OperationReport): void;
  /** Must not throw. */
  logError(message: string, error: unknown): void;
  /** Texts by their names. */
  logStart(facts: Readonly<Record<string, string>>): void;
  /** Resolves when all lines are written; later ones are written as well. */
  close(): Promise<void>;
}

const levels = ['info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof levels)[number];

export interface LogOptions {
  /** For the lines in JSON; stdout where there is none. */
  readonly stream?: LineStream | null;
  /** From where on lines are written. */
  readonly level?: LogLevel;
}

/**
 * Writes to stdout, for people where that is a terminal and else in JSON, unless there is another stream for the lines. They are
 * lines as pino writes them, with a name for the level; pino itself took a twentieth of the time that the gateway needs for a reply.
 */
export function createLog({ stream = null, level: least = 'info' }: LogOptions = {}): Log {
  const { destination, close } = openDestination(stream);
  const isEnabled = (level: LogLevel) => levels.indexOf(level) >= levels.indexOf(least);
  const write = (line: Line) => destination.write(`${JSON.stringify(line)}\n`);

  return {
    observe(report) {
      const level = isWorrying(report) ? 'warn' : 'info';
      if (!isEnabled(level)) return;
      const { requestId, operationName, replies, status, milliseconds } = report;
      const [reply] = replies;
      write({
        level,
        time: Date.now(),
        requestId,
        operationName: shownName(operationName),
        ...(reply && (replies.length === 1 ? lineOf(reply) : { replies: replies.map(lineOf) })),
        ...(status === null ? { aborted: true } : { status }),
        ms: rounded(milliseconds),
      });
    },
    logError(message, error) {
      if (!isEnabled('error')) return;
      write({ level: 'error', time: Date.now(), error: describeError(error), msg: message });
    },
    logStart(facts) {
      if (!isEnabled('info')) return;
      write({ level: 'info', time: Date.now(), ...facts, msg: 'The gateway takes requests.' });
    },
    close,
  };
}

interface Line {
  readonly level: LogLevel;
  /** In milliseconds since the epoch. */
  readonly time: number;
  readonly [field: string]: unknown;
}

interface ReplyLine {
  /** `__typename` of the result. */
  readonly result: string;
  readonly delivery: Delivery;
  readonly replayed: boolean;
  /** Null where no status came. */
  readonly upstreamStatus: number | null;
  /** Null where this call sent nothing. */
  readonly upstreamMs: number | null;
  /** What broke the connection; there only where something did. */
  readonly upstreamError?: string;
}

function lineOf({ typeName, outcome, isReplay, upstreamCall }: ReportedReply): ReplyLine {
  return {
    result: typeName,
    delivery: deliveryOf(outcome),
    replayed: isReplay,
    upstreamStatus: upstreamCall?.status ?? null,
    upstreamMs: upstreamCall && rounded(upstreamCall.milliseconds),
    ...(upstreamCall?.error && { upstreamError: upstreamCall.error }),
  };
}

/** Whether somebody should have a look. */
function isWorrying(report: OperationReport): boolean {
  return isFailed(report) || report.replies.some(({ outcome }) => outcome.kind === 'gatewayUnavailable');
}

/** To a tenth of a millisecond. */
function rounded(milliseconds: number): number {
  return Math.round(milliseconds * 10) / 10;
}

interface Destination {
  readonly destination: LineStream;
  readonly close: () => Promise<void>;
}

function openDestination(stream: LineStream | null): Destination {
  if (stream) return { destination: stream, close: async () => {} };
  if (process.stdout.isTTY) {
    return { destination: createTerminalStream(process.stdout), close: async () => {} };
  }
  const writer = new LineWriter(
    1,
    (dropped) => `${JSON.stringify({ level: 'warn', time: Date.now(), dropped } satisfies Line)}\n`,
  );
  return { destination: writer, close: () => writer.close() };
}
