/** The type `Attachment`. */

import type { Attachment } from '../../conversation/part.ts';
import { builder } from '../builder.ts';

export const AttachmentRef = builder.objectRef<Attachment>('Attachment').implement({
  description: 'A file that was sent with a part.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'The id of the attachment in Dashly.' }),
    filename: t.exposeString('filename', { description: 'The file name that the recipient sees.' }),
    mimeType: t.exposeString('mimeType', {
      description: 'The media type, such as `text/csv`. REST: `mime_type`.',
    }),
    size: t.exposeInt('size', { description: 'The size in bytes.' }),
    url: t.exposeString('url', { description: 'The URL of the file.' }),
    createdAt: t.field({
      type: 'DateTime',
      description: 'When Dashly stored the file. REST: `created`.',
      resolve: (attachment) => attachment.createdAt,
    }),
  }),
});
