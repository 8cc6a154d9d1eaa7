/** Converts the input to the form fields of the REST call. */

import type { ReplyInput } from './reply-input.ts';

/** Fields by their names. All `include_…` fields are always requested, for any selection. */
export function toForm(input: ReplyInput): Record<string, string> {
  const form: Record<string, string> = {
    id_as_string: 'true',
    include_random_id: 'true',
    include_read: 'true',
    include_first: 'true',
    include_inbound_email: 'true',
  };
  const { from, actions, autoAssign } = input;
  if (from?.adminId) form['from_admin'] = from.adminId;
  else if (from?.userId) form['from_user'] = from.userId;
  else if (from?.default === 'ADMIN') form['from_admin'] = 'default_admin';
  else if (from?.default === 'USER') form['from_user'] = 'default_user';
  if (input.type) form['type'] = input.type.toLowerCase();
  if (input.body !== undefined) form['body'] = input.body;
  if (input.bodyJson) form['body_json'] = JSON.stringify(input.bodyJson);
  if (actions) {
    const buttons = actions.map(({ quickReply: { body, metaData } }) => ({
      type: 'quick_reply',
      body,
      meta_data: metaData,
    }));
    form['actions'] = JSON.stringify(buttons);
  }
  if (autoAssign) form['auto_assign'] = autoAssign.adminId;
  if (autoAssign?.randomId !== undefined) form['auto_assign_random_id'] = String(autoAssign.randomId);
  if (input.externalId) form['external_id'] = input.externalId;
  if (input.randomId !== undefined) form['random_id'] = String(input.randomId);
  if (input.referrer) form['referrer'] = input.referrer;
  return form;
}
