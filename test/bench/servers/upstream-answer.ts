/** The responses of the upstream stub: a part as Dashly documents it, or a rejection. */

import { type Operation, operations, partId, refusingConversation } from '../operations.ts';

export interface UpstreamAnswer {
  readonly status: number;
  readonly json: unknown;
  /** Whether the request was correct for a server of this benchmark. */
  readonly isExpected: boolean;
}

const admin = {
  id: '8164',
  name: 'Trinity',
  avatar: 'https://files.dashly.app/avatars/8164.png',
  type: 'admin',
};

/** Responds to a form, and checks its fields. */
export function answerTo(conversationId: string, form: ReadonlyMap<string, string>): UpstreamAnswer {
  const operation: Operation = form.has('auto_assign') ? operations.everything : operations.small;
  const missing = Object.entries(operation.form).filter(([name, value]) => form.get(name) !== value);
  if (missing.length > 0) {
    const text = missing.map(([name, value]) => `${name}=${value}`).join(', ');
    return refusal('ValidationError', `Missing fields: ${text}.`, false);
  }
  if (conversationId === refusingConversation) return refusal('ReplyTooBig', 'Message text too long', true);
  return created(conversationId, form);
}

/** Responds to a form with a file, which is not parsed under load: its result has the fields of the small reply. */
export function answerToFile(conversationId: string): UpstreamAnswer {
  return created(conversationId, new Map(Object.entries(operations.small.form)));
}

function created(conversationId: string, form: ReadonlyMap<string, string>): UpstreamAnswer {
  const json = { data: createPart(conversationId, form), meta: { status: 200 } };
  return { status: 200, json, isExpected: true };
}

function createPart(conversation: string, form: ReadonlyMap<string, string>): object {
  const autoAssign = form.get('auto_assign');
  const common = {
    created: 1685352440,
    conversation,
    direction: 'a2u',
    sent_via: 'api',
    reply_type: 'no',
    edited: null,
    removed: null,
    part_group: '1447294760216691955',
    from: admin,
  };
  return {
    ...common,
    id: partId,
    type: form.get('type') ?? 'reply_admin',
    body: form.get('body') ?? '',
    body_json: JSON.parse(form.get('body_json') ?? '{}'),
    attachments: [
      {
        type: 'file',
        id: '1453279691052943108',
        filename: 'test_import.csv',
        mime_type: 'text/csv',
        size: 156,
        url: 'https://files.dashly.app/attachments/2782/2e7cac55-dff0-4142-9460-14d64ff08623/test_import.csv',
        created: 1685352439,
      },
    ],
    meta_data: { some_extra_reply_information: 123 },
    actions: JSON.parse(form.get('actions') ?? 'null'),
    external_id: form.get('external_id') ?? null,
    ...optionalFields(form),
    ...(autoAssign && {
      assign_part: {
        ...common,
        id: '1453281238935668443',
        type: 'assigned',
        body: '',
        body_json: {},
        meta_data: {},
        actions: null,
        external_id: null,
        random_id: Number(form.get('auto_assign_random_id') ?? 0),
        assignee: { ...admin, id: autoAssign },
      },
    }),
  };
}

/** Fields that are sent on request only. */
function optionalFields(form: ReadonlyMap<string, string>): object {
  return {
    ...(form.has('include_random_id') && { random_id: Number(form.get('random_id') ?? 0) }),
    ...(form.has('include_read') && { read: false }),
    ...(form.has('include_first') && { first: false }),
    ...(form.has('include_inbound_email') && { inbound_email: null }),
  };
}

function refusal(error: string, message: string, isExpected: boolean): UpstreamAnswer {
  const meta = { status: 400, error, error_message: message };
  return { status: 400, json: { meta, data: {} }, isExpected };
}
