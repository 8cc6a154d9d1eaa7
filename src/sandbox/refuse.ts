/** The refusals that Dashly documents, each with the HTTP status that belongs to its name. */
import type { Answer } from './api/responses.ts';
import { envelope } from './envelope.ts';

const documentedErrors = {
  ReplyTooBig: { status: 400, message: 'The text of the message is too long.' },
  ValidationError: { status: 400, message: 'Arguments are invalid or missing.' },
  BadRequest: { status: 400, message: 'The parameters hold an error.' },
  LookupError: { status: 400, message: 'Nothing was found under this id.' },
  NotAuthenticated: { status: 401, message: 'The token is missing, wrong or expired.' },
  PermissionDeniedError: { status: 403, message: 'The token does not allow this.' },
  Error404: { status: 404, message: 'There is no such method.' },
  MethodNotAllowed: { status: 405, message: 'This HTTP method is not allowed here.' },
  TooManyRequests: { status: 429, message: 'The quota of requests is used up.' },
  Error500: { status: 500, message: 'Something went wrong inside.' },
} as const;

/** A name that `meta.error` is documented to have. */
type DocumentedError = keyof typeof documentedErrors;

/** A refusal in its envelope; `fields` becomes `meta.error_fields`, whose shape Dashly does not document. */
export function refuse(
  error: DocumentedError,
  {
    message,
    fields,
    headers = {},
  }: { message?: string; fields?: unknown; headers?: Record<string, string> } = {},
): Answer & { kind: 'send' } {
  const { status, message: usual } = documentedErrors[error];
  return envelope(
    {
      status,
      error,
      error_message: message ?? usual,
      ...(fields === undefined ? {} : { error_fields: fields }),
    },
    {},
    { headers },
  );
}
