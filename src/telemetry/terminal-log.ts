/** Formats the log for a terminal: one short line per operation. */

import { createRequire } from 'node:module';

/** The shown fields of a line of the log. */
interface Line {
  readonly msg?: string;
  readonly 'exception.type'?: string;
  readonly 'exception.message'?: string;
  readonly 'exception.stacktrace'?: string;
  readonly cause?: ErrorPart;
  readonly errors?: readonly ErrorPart[];
  readonly refusal?: string;
  readonly requestId?: string;
  readonly 'graphql.operation.name'?: string | null;
  readonly replies?: readonly ReplyPart[];
  readonly result?: string;
  readonly 'http.response.status_code'?: number;
  readonly ms?: number;
}

interface ErrorPart {
  readonly type?: string;
  readonly message?: string;
  readonly stack?: string;
  readonly cause?: ErrorPart;
  readonly errors?: readonly ErrorPart[];
}

interface ReplyPart {
  readonly result?: string;
  readonly delivery?: string;
  readonly replayed?: boolean;
  readonly upstreamStatus?: number | null;
  readonly upstreamMs?: number | null;
}

/** Reads lines of JSON and writes them immediately. */
export function createTerminalStream(terminal: { write(text: string): unknown }) {
  // Loaded for terminals only.
  const { prettyFactory }: typeof import('pino-pretty') = createRequire(import.meta.url)('pino-pretty');
  const prettify = prettyFactory({
    colorize: true,
    translateTime: 'SYS:HH:MM:ss.l',
    hideObject: true,
    messageFormat: (line) => printable(describe(line as Line)),
  });
  return { write: (line: string) => void terminal.write(prettify(line)) };
}

function describe(line: Line): string {
  const { msg, replies = [line], refusal, ms, requestId } = line;
  const error = errorOf(line);
  if (error) return `${msg} ${describeCauses(error)}`;
  if (msg !== undefined) return [msg, refusal, requestId].filter(Boolean).join(' ');
  const { 'graphql.operation.name': name, 'http.response.status_code': status } = line;
  const end = status === undefined ? 'client disconnected' : `HTTP ${status}`;
  const parts = [
    ...replies.flatMap(describeReply),
    ...(refusal ? [refusal] : []),
    `${end} after ${ms} ms`,
    requestId,
  ];
  return `${name ?? '(no name)'}: ${parts.join(', ')}`;
}

function errorOf({ cause, errors, ...line }: Line): ErrorPart | null {
  const { 'exception.type': type, 'exception.message': message, 'exception.stacktrace': stack } = line;
  if (type === undefined) return null;
  return {
    type,
    ...(message !== undefined && { message }),
    ...(stack !== undefined && { stack }),
    ...(cause && { cause }),
    ...(errors && { errors }),
  };
}

function describeCauses({ stack, message, type, cause, errors = [] }: ErrorPart): string {
  const causes = [...(cause ? [cause] : []), ...errors].map((one) => `Caused by: ${describeCauses(one)}`);
  return [stack ?? message ?? type, ...causes].join('\n');
}

function describeReply({ result, delivery, replayed, upstreamStatus, upstreamMs }: ReplyPart): string[] {
  if (result === undefined) return [];
  return [
    `${result} ${delivery}${replayed ? ' replayed' : ''}`,
    ...(upstreamMs == null ? [] : [`Dashly ${upstreamStatus ?? 'no response'} after ${upstreamMs} ms`]),
  ];
}

/** Without control characters, which a terminal would interpret. */
function printable(text: string): string {
  return text.replace(/(?!\n)\p{Cc}/gu, '�');
}
