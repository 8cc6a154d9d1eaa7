/** The query `replyLimits`: limits that a client can check before it sends a reply. */

import { attachmentFileNameMaxLength, quickReplyBodyMaxLength } from '../../conversation/reply-limits.ts';
import { builder } from '../builder.ts';

const ReplyLimits = builder.objectRef<{ readonly attachmentMaxBytes: number }>('ReplyLimits').implement({
  description:
    'Limits that a client can check before it sends a reply. Dashly publishes no limit for the length of a body.',
  fields: (t) => ({
    attachmentMaxBytes: t.exposeInt('attachmentMaxBytes', {
      description: 'The maximum size of an attachment that this gateway accepts, in bytes.',
    }),
    attachmentFileNameMaxLength: t.int({
      description: 'The maximum length of the file name of an attachment, in characters.',
      resolve: () => attachmentFileNameMaxLength,
    }),
    quickReplyBodyMaxLength: t.int({
      description: 'The maximum length of the text of a quick reply, in characters.',
      resolve: () => quickReplyBodyMaxLength,
    }),
  }),
});

builder.queryField('replyLimits', (t) =>
  t.field({
    type: ReplyLimits,
    description: 'The limits of a reply.',
    resolve: (_root, _args, context) => context.limits,
  }),
);
