/** The responses of the sandbox's API: success, the documented errors, a proxy's page, and broken responses. */
import { STATUS_CODES } from 'node:http';

/** A complete HTTP response, sent after `delayMs` milliseconds if that is set, and sent again after `repeatMs` more. */
export interface HttpResponse {
  kind: 'http';
  status: number;
  headers: Readonly<Record<string, string>>;
  body: string;
  delayMs?: number;
  repeatMs?: number;
}

/** What the server sends once it has read a request. */
export type ApiResponse =
  | HttpResponse
  /** Headers that announce the whole `body`, half of it, then the end of the connection. */
  | { kind: 'truncated'; body: string }
  /** Status and headers of a success, then nothing until the connection ends. */
  | { kind: 'headers-only' }
  /** Nothing until the connection ends. */
  | { kind: 'none' }
  /** Bytes that are not HTTP, then the end of the connection. */
  | { kind: 'not-http' }
  /** The connection is closed (FIN) without a response. */
  | { kind: 'closed' }
  /** The connection is reset (RST) without a response. */
  | { kind: 'reset' };

/** `meta` of an envelope; the error fields only if the call failed, the positions only with a page. */
interface EnvelopeMeta {
  status: number;
  error?: string;
  error_message?: string;
  error_fields?: unknown;
  next_before_position?: readonly unknown[] | null;
  next_after_position?: readonly unknown[] | null;
}

/** Wraps `data` in Dashly's envelope. The HTTP status is the one in `meta`; `headers` are added to the content type. */
export function envelope(
  meta: EnvelopeMeta,
  data: object = {},
  headers: Record<string, string> = {},
): HttpResponse {
  return {
    kind: 'http',
    status: meta.status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    body: JSON.stringify(meta.status === 200 ? { data, meta } : { meta, data }),
  };
}

/** The errors of the API, by their names. */
export const documentedErrors = {
  ReplyTooBig: { status: 400, message: 'The text of the message is too long.' },
  ValidationError: { status: 400, message: 'Arguments are invalid or missing.' },
  BadRequest: { status: 400, message: 'The parameters are malformed.' },
  LookupError: { status: 400, message: 'No object has this id.' },
  NotAuthenticated: { status: 401, message: 'The token is missing, wrong or expired.' },
  PermissionDeniedError: { status: 403, message: 'The token does not permit this.' },
  Error404: { status: 404, message: 'This method does not exist.' },
  MethodNotAllowed: { status: 405, message: 'This HTTP method is not allowed here.' },
  TooManyRequests: { status: 429, message: 'The request quota is used up.' },
  Error500: { status: 500, message: 'Internal error.' },
} as const;

/** A documented error in its envelope; `fields` becomes `meta.error_fields`, whose shape Dashly does not document. */
export function errorResponse(
  error: keyof typeof documentedErrors,
  {
    message = documentedErrors[error].message,
    fields,
    headers,
  }: { message?: string; fields?: unknown; headers?: Record<string, string> } = {},
): HttpResponse {
  const { status } = documentedErrors[error];
  const errorFields = fields === undefined ? {} : { error_fields: fields };
  return envelope({ status, error, error_message: message, ...errorFields }, {}, headers);
}

/** The HTML page of a proxy in front of Dashly: the status and its reason phrase, without an envelope. */
export function proxyPage(status: number, headers: Record<string, string> = {}): HttpResponse {
  const title = `${status} ${STATUS_CODES[status] ?? 'Unknown'}`;
  return {
    kind: 'http',
    status,
    headers: { 'content-type': 'text/html', ...headers },
    body: `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n</body>\r\n</html>\r\n`,
  };
}
