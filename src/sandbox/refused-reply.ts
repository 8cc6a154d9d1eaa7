/** What the pages show of a reply that created nothing: what was sent, and what the caller got for it. */

import type { MultipartForm } from './api/parse-multipart.ts';
import type { Answer } from './api/responses.ts';
import { clip } from './clip.ts';

/** A short copy: of a long call the beginning of each text, so that many calls cannot fill the memory. */
export interface RefusedReply {
  /** Unique among all ids of the sandbox. */
  readonly id: string;
  /** From the path, as it was written there; not always a valid id. */
  readonly conversationId: string;
  readonly receivedAt: Date;
  /** The status and the name of the error, or how the connection ended. */
  readonly outcome: string;
  /** What the refusal says, null if it says nothing. */
  readonly message: string | null;
  /** `error_fields` of the refusal as JSON, null if it has none. */
  readonly errorFields: string | null;
  /** Parameters, then files, each in order of arrival; a value as far as it is shown. */
  readonly fields: ReadonlyArray<readonly [name: string, value: string]>;
  /** How many more parameters and files there were. */
  readonly moreFields: number;
}

const maxFields = 30;
const maxCharacters = 300;

const outcomes = {
  'cut-off': 'The connection was closed in the middle of the answer',
  'silence-after-headers': 'No answer after the headers',
  silence: 'No answer',
  garbage: 'An answer that is not HTTP',
  'hang-up': 'The connection was closed without an answer',
  reset: 'The connection was reset without an answer',
} as const satisfies Record<Exclude<Answer['kind'], 'send'>, string>;

/** Describes a call from its answer and from as much of its form as was read. */
export function describeRefusal(
  id: string,
  conversationId: string,
  { fields, files }: MultipartForm,
  answer: Answer,
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
    ...describeAnswer(answer),
    fields: shown.map(([name, value]) => [
      copyStart(name, 40),
      // A parameter may hold a credential, though the sandbox ignores it there.
      /token/i.test(name) ? 'not shown' : copyStart(value, maxCharacters),
    ]),
    moreFields: fields.length + files.length - shown.length,
  };
}

/** About how many bytes of memory it takes. */
export function weighRefusal({ fields, ...texts }: RefusedReply): number {
  return 2 * JSON.stringify([fields, texts]).length + 500;
}

/** A piece of a text would keep the whole text in memory, which may be as long as a body. */
function copyStart(text: string, maxCharacters: number): string {
  return Buffer.from(clip(text, maxCharacters)).toString();
}

function describeAnswer(answer: Answer): Pick<RefusedReply, 'outcome' | 'message' | 'errorFields'> {
  if (answer.kind !== 'send') return { outcome: outcomes[answer.kind], message: null, errorFields: null };
  const meta = readMeta(answer.body);
  return {
    outcome: `HTTP ${answer.status}, ${meta?.error ?? 'as HTML'}`,
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

/** Null for what has no envelope: the page of a proxy. */
function readMeta(body: string): Meta | null {
  try {
    return (JSON.parse(body) as { meta: Meta }).meta;
  } catch {
    return null;
  }
}
