/** The envelope that every answer of Dashly's own comes in. */
import type { Answer } from './api/responses.ts';

/** What an envelope says about itself; `error` and what follows only where the call failed. */
interface EnvelopeMeta {
  status: number;
  error?: string;
  error_message?: string;
  error_fields?: unknown;
}

/**
 * An envelope as an answer. The HTTP status is the one in `meta`, unless `httpStatus` differs on purpose;
 * `headers` come on top of the content type.
 */
export function envelope(
  meta: EnvelopeMeta,
  data: object = {},
  { httpStatus = meta.status, headers = {} }: { httpStatus?: number; headers?: Record<string, string> } = {},
): Answer & { kind: 'send' } {
  return {
    kind: 'send',
    status: httpStatus,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    body: JSON.stringify(meta.status === 200 ? { data, meta } : { meta, data }),
  };
}
