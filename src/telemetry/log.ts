/** The log: a line for each operation, refused request, warning and unexpected error, and for the start and stop of the process. */

import { type Delivery, deliveryOf, responsibleFor } from '../conversation/reply-outcome.ts';
import {
  isFailed,
  isRecovered,
  keyHashOf,
  type OperationReport,
  type RefusalReport,
  type ReportedReply,
  shortIdOf,
  shortNameOf,
} from './report.ts';
import { openStdout } from './stdout.ts';
import { createTerminalStream } from './terminal-log.ts';

export interface Log {
  /** `traceId` is undefined without a trace. */
  observe(report: OperationReport, traceId?: string): void;
  /** Does not throw. */
  logError(message: string, error: unknown): void;
  /** Does not throw. */
  logWarning(message: string, facts?: Facts): void;
  /** Does not throw. */
  logInfo(message: string, facts?: Facts): void;
  /** For a request that has no report of an operation. */
  logRefusal(message: string, requestId: string, refusal: RefusalReport): void;
  /** Resolves when all lines are written, or after a second. Later lines are written unless the process exits. */
  close(): Promise<void>;
}

/** In characters; a name of a host has at most 253. */
const maxOriginLength = 300;

/** Further fields of a line. */
export type Facts = Readonly<Record<string, unknown>>;

export type LogLevel = 'info' | 'warn' | 'error' | 'silent';

/** From the least to the most important. */
const ranks = { info: 0, warn: 1, error: 2, silent: 3 } satisfies Record<LogLevel, number>;

export interface LogOptions {
  /** Receives the lines as JSON; null for stdout. */
  readonly stream?: LineStream | null;
  /** The lowest level that is logged. */
  readonly level?: LogLevel;
}

/** Receives one line at a time, with its line feed. */
export interface LineStream {
  write(line: string): void;
}

/** One line of the log. */
interface Line extends Facts {
  readonly level: LogLevel;
  /** In milliseconds since the epoch. */
  readonly time: number;
}

/** Writes JSON, or short lines for people if stdout is a terminal. */
export function createLog({ stream = null, level = 'info' }: LogOptions = {}): Log {
  // Dropped lines are reported even if warnings are not.
  const reportDropped = (dropped: number) => write({ level: 'warn', time: Date.now(), dropped });
  const stdout = stream || process.stdout.isTTY ? null : openStdout(reportDropped);
  const output = stream ?? stdout ?? createTerminalStream(process.stdout);
  const isEnabled = (lineLevel: LogLevel) => ranks[lineLevel] >= ranks[level];

  /** Not pino, whose formatting of a line takes a tenth of a reply. */
  function write(line: Line): void {
    output.write(`${JSON.stringify(line)}\n`);
  }

  function log(lineLevel: LogLevel, fields: object, msg: string): void {
    if (isEnabled(lineLevel)) write({ level: lineLevel, time: Date.now(), ...fields, msg });
  }

  return {
    observe(report, traceId) {
      const lineLevel = needsAttention(report) ? 'warn' : 'info';
      if (isEnabled(lineLevel)) write(describeOperation(lineLevel, report, traceId));
    },
    logError: (message, error) => log('error', describeException(error), message),
    logWarning: (message, facts = {}) => log('warn', facts, message),
    logInfo: (message, facts = {}) => log('info', facts, message),
    logRefusal: (message, requestId, refusal) =>
      log('info', { requestId, ...describeRefusal(refusal) }, message),
    close: async () => stdout?.close(),
  };
}

/** The keys are attributes of OpenTelemetry's semantic conventions, except `refusal`. The id of a caller is a hash. */
function describeRefusal({ reason, callerId, clientAddress, origin }: RefusalReport): object {
  return {
    refusal: reason,
    ...(callerId !== null && { 'user.hash': callerId }),
    'client.address': clientAddress,
    ...(origin !== null && { 'http.request.header.origin': [origin.slice(0, maxOriginLength)] }),
  };
}

interface ReplyFields {
  /** `__typename` of the result. */
  readonly result: string;
  readonly delivery: Delivery;
  readonly replayed: boolean;
  /** Whether the part was found in the conversation after its response was lost. */
  readonly recovered: boolean;
  readonly conversationId: string;
  /** Null if unknown. */
  readonly randomId: number | null;
  /** Undefined without a key. */
  readonly keyHash: string | null | undefined;
  /** Null if Dashly sent no status. */
  readonly upstreamStatus: number | null;
  /** Null if nothing was sent to Dashly. */
  readonly upstreamMs: number | null;
  /** The error that broke the connection; undefined for none. */
  readonly upstreamError: string | undefined;
}

/** Absent fields are undefined, and not spread: a spread copies field by field. */
function describeOperation(level: LogLevel, report: OperationReport, traceId: string | undefined): Line {
  const { requestId, replies, refusal, status, milliseconds } = report;
  const [reply] = replies;
  return {
    level,
    time: Date.now(),
    requestId,
    trace_id: traceId,
    'graphql.operation.name': shortNameOf(report),
    ...(reply && replies.length === 1 && describeReply(reply)),
    replies: replies.length > 1 ? replies.map(describeReply) : undefined,
    ...(refusal && describeRefusal(refusal)),
    aborted: status === null ? true : undefined,
    'http.response.status_code': status ?? undefined,
    ms: round(milliseconds),
  };
}

function describeReply({ typeName, outcome, trace, isReplay, upstreamCall }: ReportedReply): ReplyFields {
  return {
    result: typeName,
    delivery: deliveryOf(outcome),
    replayed: isReplay,
    recovered: isRecovered(outcome),
    conversationId: shortIdOf(trace),
    randomId: trace.randomId,
    keyHash: trace.idempotencyKey === null ? undefined : keyHashOf(trace),
    upstreamStatus: upstreamCall?.status ?? null,
    upstreamMs: upstreamCall && round(upstreamCall.milliseconds),
    upstreamError: upstreamCall?.error ?? undefined,
  };
}

function needsAttention(report: OperationReport): boolean {
  return isFailed(report) || report.replies.some(({ outcome }) => responsibleFor(outcome) === 'gateway');
}

/** To a tenth of a millisecond. */
function round(milliseconds: number): number {
  return Math.round(milliseconds * 10) / 10;
}

/** The first error has the names of OpenTelemetry's semantic conventions, which have none for causes. */
function describeException(error: unknown): object {
  const { type, message, stack, cause, errors } = describeError(error);
  return {
    'exception.type': type,
    'exception.message': message,
    'exception.stacktrace': stack,
    cause,
    errors,
  };
}

export interface DescribedError {
  readonly type: string;
  readonly message?: string;
  readonly stack?: string;
  readonly cause?: DescribedError;
  /** The errors of an `AggregateError`, such as one per address of a host. */
  readonly errors?: readonly DescribedError[];
}

/** Causes can be circular. */
const maxCauses = 8;
const maxErrors = 8;
/** In characters: a message may quote a large value. */
const maxTextLength = 8_000;

/** Copies the standard properties only: others may contain claims, headers or a URL with a password. */
export function describeError(error: unknown, depth = 1): DescribedError {
  if (!(error instanceof Error)) {
    const type = error === null ? 'null' : typeof error;
    return type === 'string' ? { type, message: shorten(String(error)) } : { type };
  }
  const { name, message, stack, cause } = error;
  const isDeep = depth >= maxCauses;
  return {
    type: shorten(String(name)),
    message: shorten(String(message)),
    ...(stack === undefined ? {} : { stack: shorten(String(stack)) }),
    ...(cause === undefined || isDeep ? {} : { cause: describeError(cause, depth + 1) }),
    ...(error instanceof AggregateError && !isDeep
      ? { errors: error.errors.slice(0, maxErrors).map((one) => describeError(one, depth + 1)) }
      : {}),
  };
}

function shorten(text: string): string {
  return text.length > maxTextLength ? `${text.slice(0, maxTextLength)}…` : text;
}
