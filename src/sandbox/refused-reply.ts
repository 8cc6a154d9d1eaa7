/** A reply that created nothing, as the pages show it: what was sent, and what the client received. */
import type { Form } from './api/form/parse-multipart.ts';
import type { ApiResponse } from './api/responses.ts';
import { truncate } from './pages/html.ts';

/** A short copy of the call, with only the start of each text, so that many long calls cannot fill the memory. */
export interface RefusedReply {
  /** Unique among all ids of the sandbox. */
  readonly id: string;
  /** From the path, as it was written there; not always a valid id. */
  readonly conversationId: string;
  readonly receivedAt: Date;
  /** The status and the name of the error, or how the connection ended. */
  readonly outcome: string;
  /** The message of the error, null if there is none. */
  readonly message: string | null;
  /** `error_fields` as JSON, null if there are none. */
  readonly errorFields: string | null;
  /** Parameters, then files, each in order of arrival. */
  readonly fields: ReadonlyArray<readonly [name: string, value: string]>;
  /** The number of parameters and files that `fields` leaves out. */
  readonly moreFields: number;
}

const maxFields = 30;
const maxCharacters = 300;

const outcomes = {
  truncated: 'The connection was closed in the middle of the response',
  'headers-only': 'No body after the headers',
  none: 'No response',
  'not-http': 'A response that is not HTTP',
  closed: 'The connection was closed without a response',
  reset: 'The connection was reset without a response',
} as const satisfies Record<Exclude<ApiResponse['kind'], 'http'>, string>;

/** Describes a call by its response and as much of its form as was read. */
export function describeRefusal(
  id: string,
  conversationId: string,
  { fields, files }: Form,
  response: ApiResponse,
): RefusedReply {
  const described = files.map(
    ({ fieldName, filename, mimeType, bytes }) =>
      [fieldName, `${filename} (${mimeType}, ${bytes.length} bytes)`] as const,
  );
  const shown = [...fields.slice(0, maxFields), ...described].slice(0, maxFields);
  return {
    id,
    conversationId: copyStart(conversationId, 40),
    receivedAt: new Date(),
    ...describeResponse(response),
    fields: shown.map(([name, value]) => [
      copyStart(name, 40),
      // The parameter may be a credential, although the sandbox ignores it.
      /token/i.test(name) ? 'not shown' : copyStart(value, maxCharacters),
    ]),
    moreFields: fields.length + files.length - shown.length,
  };
}

/** The approximate memory of a refused reply, in bytes. */
export function sizeOfRefusal({ fields, ...texts }: RefusedReply): number {
  return 2 * JSON.stringify([fields, texts]).length + 500;
}

/** Copies the characters: a slice would keep the whole text in memory, which may be as long as a body. */
function copyStart(text: string, max: number): string {
  return Buffer.from(truncate(text, max)).toString();
}

function describeResponse(response: ApiResponse): Pick<RefusedReply, 'outcome' | 'message' | 'errorFields'> {
  if (response.kind !== 'http') return { outcome: outcomes[response.kind], message: null, errorFields: null };
  const meta = readMeta(response.body);
  return {
    outcome: `HTTP ${response.status}, ${meta?.error ?? 'as HTML'}`,
    message: meta?.error_message === undefined ? null : copyStart(meta.error_message, maxCharacters),
    errorFields:
      meta?.error_fields === undefined ? null : copyStart(JSON.stringify(meta.error_fields), maxCharacters),
  };
}

interface Meta {
  readonly error?: string;
  readonly error_message?: string;
  readonly error_fields?: unknown;
}

/** Null if there is no envelope: the page of a proxy. */
function readMeta(body: string): Meta | null {
  try {
    return (JSON.parse(body) as { meta: Meta }).meta;
  } catch {
    return null;
  }
}
