/** A file that belongs to a part. */

import type { Attachment } from '../../conversation/part.ts';
import { builder } from '../builder.ts';

export const AttachmentRef = builder.objectRef<Attachment>('Attachment').implement({
  description: 'A file that was sent along with a part.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'The id of the attachment in Dashly.' }),
    filename: t.exposeString('filename', { description: 'The name that the receiver sees.' }),
    mimeType: t.exposeString('mimeType', {
      description: 'The media type, such as `text/csv`. REST: `mime_type`.',
    }),
    size: t.exposeInt('size', { description: 'The size in bytes.' }),
    url: t.exposeString('url', { description: 'Where the file can be fetched.' }),
    createdAt: t.field({
      type: 'DateTime',
      description: 'When Dashly stored the file. REST: `created`.',
      resolve: (attachment) => attachment.createdAt,
    }),
  }),
});
