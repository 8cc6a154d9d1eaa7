/** Validates the parameters of a reply, as Dashly documents them. */
import { isJsonObject } from '../exact-json.ts';
import { FormParameters, isId } from './form/form-parameters.ts';
import type { Form, UploadedFile } from './form/parse-multipart.ts';
import { type PartFormat, readPartFormat } from './part-format.ts';
import { type ApiResponse, errorResponse } from './responses.ts';

/** The longest body in characters (code points). Dashly has a limit and does not publish it. */
export const maxBodyCharacters = 10_000;

/** The visitor `default_user`: an id that a double cannot hold, as Dashly's users have. */
export const defaultUserId = '1447294708215711735';

export type Author = { kind: 'user'; id: string } | { kind: 'admin'; id: string } | { kind: 'default-admin' };

/** A valid request for a reply, with the defaults filled in. Ids are digits. */
export interface ReplyRequest {
  conversationId: string;
  author: Author;
  type: string;
  body: string;
  bodyJson: object;
  /** Under its final name. */
  attachment: UploadedFile | null;
  externalId: string | null;
  randomId: number;
  autoAssign: string | null;
  autoAssignRandomId: number;
  /** As they were sent; null if there are none. */
  actions: readonly unknown[] | null;
}

/**
 * Returns the request and the format of the response, or the error response: `ValidationError` with a sentence for each wrong parameter in
 * `error_fields`, then `ReplyTooBig`. Unknown parameters are ignored.
 */
export function checkReply(
  conversationId: string,
  { fields, files }: Form,
): { request: ReplyRequest; format: PartFormat } | { error: ApiResponse } {
  const parameters = new FormParameters(fields);
  const attachments = files.filter(({ fieldName }) => fieldName === 'attachment');
  const request: ReplyRequest = {
    conversationId,
    author: readAuthor(parameters),
    type: readType(parameters),
    body: parameters.text('body') ?? '',
    bodyJson: readBodyJson(parameters),
    attachment: readAttachment(parameters, attachments),
    externalId: parameters.text('external_id'),
    randomId: parameters.integer('random_id'),
    autoAssign: parameters.valid('auto_assign', isId, 'the id of an admin'),
    autoAssignRandomId: parameters.integer('auto_assign_random_id'),
    actions: readActions(parameters),
  };
  if (!isId(conversationId)) parameters.reject('id', 'an id');
  if (request.body === '' && !parameters.has('body_json') && attachments.length === 0) {
    parameters.reject('body', 'a body, an attachment or a body_json');
  }

  if (parameters.problems.size > 0) {
    return { error: errorResponse('ValidationError', { fields: Object.fromEntries(parameters.problems) }) };
  }
  if (isLongerThan(request.body, maxBodyCharacters)) return { error: errorResponse('ReplyTooBig') };
  return { request, format: readPartFormat(parameters) };
}

function readAuthor(parameters: FormParameters): Author {
  const user = parameters.valid('from_user', isIdOr('default_user'), 'an id or default_user');
  const admin = parameters.valid('from_admin', isIdOr('default_admin'), 'an id or default_admin');
  if (parameters.has('from_user') && parameters.has('from_admin')) {
    parameters.reject('from_user', 'no from_user together with from_admin');
    parameters.reject('from_admin', 'no from_admin together with from_user');
  }
  if (user !== null) return { kind: 'user', id: user === 'default_user' ? defaultUserId : user };
  if (admin === null || admin === 'default_admin') return { kind: 'default-admin' };
  return { kind: 'admin', id: admin };
}

function isIdOr(word: string): (text: string) => boolean {
  return (text) => text === word || isId(text);
}

/** For a visitor's reply, `type` is ignored. */
function readType(parameters: FormParameters): string {
  if (parameters.has('from_user')) return 'reply_user';
  const isType = (text: string) => ['reply_admin', 'note', 'article'].includes(text);
  return parameters.valid('type', isType, 'reply_admin, note or article') ?? 'reply_admin';
}

function readBodyJson(parameters: FormParameters): object {
  const value = parameters.json('body_json');
  if (isJsonObject(value)) return value;
  if (parameters.has('body_json')) parameters.reject('body_json', 'a JSON object');
  return {};
}

function readAttachment(
  parameters: FormParameters,
  attachments: readonly UploadedFile[],
): UploadedFile | null {
  const isFilename = (text: string) => text !== '' && !isLongerThan(text, 255);
  const filename = parameters.valid('attachment_file_name', isFilename, 'a name of 1 to 255 characters');
  if (attachments.length > 1) parameters.reject('attachment', 'only one file');
  if (parameters.text('attachment')) parameters.reject('attachment', 'a file, in a part that has a filename');
  const [file] = attachments;
  return file === undefined ? null : { ...file, filename: filename ?? file.filename };
}

function readActions(parameters: FormParameters): readonly unknown[] | null {
  if (!parameters.has('actions')) return null;
  const actions = parameters.json('actions');
  if (!Array.isArray(actions)) {
    parameters.reject('actions', 'a JSON array');
    return null;
  }
  for (const [index, action] of (actions as unknown[]).entries()) {
    const expected = expectedOfAction(action);
    if (expected === null) continue;
    parameters.reject('actions', `${expected} at index ${index}`);
    break;
  }
  return actions.length > 0 ? actions : null;
}

/** What an action should be, for the error message; null if it is valid. */
function expectedOfAction(action: unknown): string | null {
  if (!isJsonObject(action)) return 'an object';
  const { type, body, meta_data: metaData } = action as Readonly<Record<string, unknown>>;
  if (type !== 'quick_reply') return 'the type quick_reply';
  if (typeof body !== 'string' || body === '' || isLongerThan(body, 300)) {
    return 'a body of 1 to 300 characters';
  }
  return metaData === undefined || isJsonObject(metaData) ? null : 'an object in meta_data';
}

/** Counts code points, so an emoji is one character; copies no text that is clearly short or clearly long. */
function isLongerThan(text: string, max: number): boolean {
  if (text.length <= max) return false;
  return text.length > 2 * max || [...text].length > max;
}
