/** The log: one line about each operation, and one about each error that nobody foresaw. */

import { type DestinationStream, pino, stdTimeFunctions } from 'pino';
import type { Delivery } from '../conversation/reply-outcome.ts';
import type { OperationReport, ReportedReply } from '../http/operation-report.ts';
import { deliveryOf } from './delivery-of.ts';
import { describeError } from './describe-error.ts';
import { isFailed } from './is-failed.ts';
import { LineWriter } from './line-writer.ts';
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

export type LogLevel = 'info' | 'warn' | 'error' | 'silent';

export interface LogOptions {
  /** For the lines in JSON; stdout where there is none. */
  readonly stream?: DestinationStream | null;
  /** From where on lines are written. */
  readonly level?: LogLevel;
}

/** Writes to stdout, for people where that is a terminal and else in JSON, unless there is another stream for the lines. */
export function createLog({ stream = null, level = 'info' }: LogOptions = {}): Log {
  const { destination, close } = openDestination(stream);
  const logger = pino(
    {
      level,
      base: null,
      timestamp: stdTimeFunctions.epochTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    destination,
  );
  const hasInfo = logger.isLevelEnabled('info');

  return {
    observe(report) {
      const needsLook = isWorrying(report);
      if (!needsLook && !hasInfo) return;
      const { requestId, operationName, replies, status, milliseconds } = report;
      const [reply] = replies;
      const line = {
        requestId,
        operationName: shownName(operationName),
        ...(reply && (replies.length === 1 ? lineOf(reply) : { replies: replies.map(lineOf) })),
        ...(status === null ? { aborted: true } : { status }),
        ms: rounded(milliseconds),
      };
      if (needsLook) logger.warn(line);
      else logger.info(line);
    },
    logError(message, error) {
      logger.error({ error: describeError(error) }, message);
    },
    logStart: (facts) => logger.info(facts, 'The gateway takes requests.'),
    close,
  };
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
  readonly destination: DestinationStream;
  readonly close: () => Promise<void>;
}

function openDestination(stream: DestinationStream | null): Destination {
  if (stream) return { destination: stream, close: async () => {} };
  if (process.stdout.isTTY) {
    return { destination: createTerminalStream(process.stdout), close: async () => {} };
  }
  const writer = new LineWriter(
    1,
    (dropped) => `${JSON.stringify({ level: 'warn', time: Date.now(), dropped })}\n`,
  );
  return { destination: writer, close: () => writer.close() };
}
