/** What a client can check before it sends: the query `replyLimits`. */

import { attachmentFileNameMaxLength, quickReplyBodyMaxLength } from '../../conversation/reply-limits.ts';
import { builder } from '../builder.ts';

const ReplyLimits = builder.objectRef<{ readonly attachmentMaxBytes: number }>('ReplyLimits').implement({
  description: 'What a client can check before it sends. Dashly publishes no limit for the length of a body.',
  fields: (t) => ({
    attachmentMaxBytes: t.exposeInt('attachmentMaxBytes', {
      description: 'The largest attachment that this gateway takes, in bytes.',
    }),
    attachmentFileNameMaxLength: t.int({
      description: 'The longest name of an attachment, in characters.',
      resolve: () => attachmentFileNameMaxLength,
    }),
    quickReplyBodyMaxLength: t.int({
      description: 'The longest text of a quick-reply button, in characters.',
      resolve: () => quickReplyBodyMaxLength,
    }),
  }),
});

builder.queryType({
  description: 'What can be asked without sending anything.',
  fields: (t) => ({
    replyLimits: t.field({
      type: ReplyLimits,
      description: 'The limits that a reply has to keep.',
      resolve: (_root, _args, context) => context.limits,
    }),
  }),
});
