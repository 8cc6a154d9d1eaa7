/** Encodes a reply as the form fields of `POST /conversations/{id}/reply`. */

import type { OptionalPartField } from '../conversation/part.ts';
import type { ReplyAction, ReplyDraft, ReplySender, ReplyType } from '../conversation/reply.ts';
import type { RandomIds } from '../conversation/sending/random-ids.ts';
import type { FormFields } from './encode-urlencoded.ts';

const typeNames: Record<ReplyType, string> = { REPLY_ADMIN: 'reply_admin', NOTE: 'note', ARTICLE: 'article' };

/** The parameters that request the optional fields of a part. */
export const includeNames: Record<OptionalPartField, string> = {
  read: 'include_read',
  first: 'include_first',
  inboundEmail: 'include_inbound_email',
};

/** Returns every parameter of the caller, the random ids, and `id_as_string`: without it, ids are numbers. */
export function encodeReply(
  draft: ReplyDraft,
  randomIds: RandomIds,
  optionalFields: ReadonlySet<OptionalPartField>,
): FormFields {
  const fields: [string, string][] = [
    ['id_as_string', 'true'],
    ['include_random_id', 'true'],
  ];
  const add = (name: string, value: string | number | null): void => {
    if (value !== null) fields.push([name, String(value)]);
  };
  const addJson = (name: string, value: object | null): void => add(name, value && JSON.stringify(value));

  if (draft.from) fields.push(encodeSender(draft.from));
  add('type', draft.type && typeNames[draft.type]);
  add('body', draft.body);
  addJson('body_json', draft.bodyJson);
  addJson('actions', draft.actions?.map(encodeAction) ?? null);
  add('auto_assign', draft.autoAssign?.adminId ?? null);
  add('auto_assign_random_id', randomIds.assignment);
  add('external_id', draft.externalId);
  add('random_id', randomIds.reply);
  add('referrer', draft.referrer);
  for (const field of optionalFields) add(includeNames[field], 'true');
  return fields;
}

/** One field: it is undocumented whether `from_admin` or `from_user` wins if both are sent. */
function encodeSender(sender: ReplySender): [string, string] {
  switch (sender.kind) {
    case 'admin':
      return ['from_admin', sender.id];
    case 'user':
      return ['from_user', sender.id];
    case 'defaultAdmin':
      return ['from_admin', 'default_admin'];
    case 'defaultUser':
      return ['from_user', 'default_user'];
  }
}

function encodeAction(action: ReplyAction): object {
  switch (action.kind) {
    case 'quickReply':
      return { type: 'quick_reply', body: action.body, meta_data: action.metaData ?? undefined };
  }
}
