/** Checks the parameters of a reply one by one, as documented. */

import { type AskedReply, optionalFields } from '../asked-reply.ts';
import { isJsonObject, parseExactJson } from '../exact-json.ts';
import { refuse } from '../refuse.ts';
import { sandboxUserId } from '../sandbox-user-id.ts';
import type { MultipartForm } from './parse-multipart.ts';
import type { Answer } from './responses.ts';

/** How many characters (code points) a body may have here. Dashly has a limit and does not publish it. */
export const sandboxMaxBodyCharacters = 10_000;

/** Parsed JSON takes about twenty times as much memory as its text. */
const maxJsonCharacters = 1024 * 1024;

const maxId = 2n ** 64n - 1n;

/** Whether a text is an id: 1 to 2^64 − 1 in plain digits, no sign, no leading zero. */
function isId(text: string): boolean {
  return /^[1-9]\d{0,19}$/.test(text) && BigInt(text) <= maxId;
}

/**
 * The reply that a form asks for, or the refusal that it deserves: `ValidationError` that names every
 * parameter at fault in `error_fields` (`{name: sentence}`), then `ReplyTooBig`.
 * Of a parameter that came twice the last one counts; unknown parameters are ignored.
 */
export function checkReply(
  conversationId: string,
  { fields, files }: MultipartForm,
): { reply: AskedReply } | { refusal: Answer } {
  const given = new Map(fields);
  const problems = new Map<string, string>();

  const take = (name: string, isValid: (value: string) => boolean, expected: string): string | null => {
    const value = given.get(name);
    if (value === undefined) return null;
    if (isValid(value)) return value;
    problems.set(name, `Expected ${expected}.`);
    return null;
  };
  const takeInteger = (name: string): number => Number(take(name, isInt32, 'an integer of 32 bits') ?? 0);
  const takeJson = (name: string): unknown => {
    const text = given.get(name);
    if (text === undefined || text.length > maxJsonCharacters) return undefined;
    try {
      return parseExactJson(text);
    } catch {
      // Undefined is no JSON value, so it cannot be confused with one: the caller names the problem.
      return undefined;
    }
  };

  if (!isId(conversationId)) problems.set('id', 'Expected an id.');

  const fromUser = take('from_user', (it) => it === 'default_user' || isId(it), 'an id or default_user');
  const fromAdmin = take('from_admin', (it) => it === 'default_admin' || isId(it), 'an id or default_admin');
  if (given.has('from_user') && given.has('from_admin')) {
    problems.set('from_user', 'Expected no from_user beside from_admin.');
    problems.set('from_admin', 'Expected no from_admin beside from_user.');
  }

  let type = 'reply_user';
  if (!given.has('from_user')) {
    const isType = (it: string) => ['reply_admin', 'note', 'article'].includes(it);
    type = take('type', isType, 'reply_admin, note or article') ?? 'reply_admin';
  }

  const autoAssign = take('auto_assign', isId, 'the id of an admin');
  const randomId = takeInteger('random_id');
  const autoAssignRandomId = takeInteger('auto_assign_random_id');

  const bodyJson = takeJson('body_json');
  if (given.has('body_json') && !isJsonObject(bodyJson)) problems.set('body_json', 'Expected a JSON object.');

  const actions = takeJson('actions');
  if (given.has('actions')) {
    const problem = findActionsProblem(actions);
    if (problem !== null) problems.set('actions', problem);
  }

  const fileName = take(
    'attachment_file_name',
    (it) => it !== '' && !isLongerThan(it, 255),
    'a name of 1 to 255 characters',
  );
  const attachments = files.filter((it) => it.fieldName === 'attachment');
  if (attachments.length > 1) problems.set('attachment', 'Expected only one file.');
  if (given.get('attachment')) problems.set('attachment', 'Expected a file, in a part that has a filename.');
  const [file] = attachments;

  const body = given.get('body') ?? '';
  if (body === '' && !given.has('body_json') && attachments.length === 0) {
    problems.set('body', 'Expected a body, an attachment or a body_json.');
  }

  if (problems.size > 0) {
    return { refusal: refuse('ValidationError', { fields: Object.fromEntries(problems) }) };
  }
  if (isLongerThan(body, sandboxMaxBodyCharacters)) return { refusal: refuse('ReplyTooBig') };

  return {
    reply: {
      conversationId,
      author:
        fromUser !== null
          ? { kind: 'user', id: fromUser === 'default_user' ? sandboxUserId : fromUser }
          : fromAdmin === null || fromAdmin === 'default_admin'
            ? { kind: 'default-admin' }
            : { kind: 'admin', id: fromAdmin },
      type,
      body,
      bodyJson: isJsonObject(bodyJson) ? bodyJson : {},
      attachment: file === undefined ? null : { ...file, filename: fileName ?? file.filename },
      externalId: given.get('external_id') ?? null,
      randomId,
      autoAssign,
      autoAssignRandomId,
      actions: Array.isArray(actions) && actions.length > 0 ? actions : null,
      idAsString: isTrue(given.get('id_as_string')),
      include: new Set(optionalFields.filter((field) => isTrue(given.get(`include_${field}`)))),
    },
  };
}

/** A boolean as Dashly reads it: `false` in any case, `0` and nothing are false, any other text is true. */
function isTrue(value: string | undefined): boolean {
  return value !== undefined && value !== '' && value !== '0' && value.toLowerCase() !== 'false';
}

function isInt32(text: string): boolean {
  return /^-?(0|[1-9]\d{0,9})$/.test(text) && Number(text) === (Number(text) | 0);
}

function findActionsProblem(actions: unknown): string | null {
  if (!Array.isArray(actions)) return 'Expected a JSON array.';
  for (const [index, action] of (actions as unknown[]).entries()) {
    if (!isJsonObject(action)) return `Expected an object at ${index}.`;
    const { type, body, meta_data: metaData } = action as Readonly<Record<string, unknown>>;
    if (type !== 'quick_reply') return `Expected the type quick_reply at ${index}.`;
    if (typeof body !== 'string' || body === '' || isLongerThan(body, 300)) {
      return `Expected a body of 1 to 300 characters at ${index}.`;
    }
    if (metaData !== undefined && !isJsonObject(metaData)) return `Expected a meta_data object at ${index}.`;
  }
  return null;
}

/** Counts an emoji as one character, and copies no text that is clearly short or clearly long. */
function isLongerThan(text: string, max: number): boolean {
  if (text.length <= max) return false;
  return text.length > 2 * max || [...text].length > max;
}
