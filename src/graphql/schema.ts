/** The schema, put together from the files that define its parts. */

import { builder } from './builder.ts';
import './date-time-scalar.ts';
import './json-object-scalar.ts';
import './upload-scalar.ts';
import './reply-limits.ts';
import './reply-to-conversation.ts';

export const schema = builder.toSchema({ sortSchema: false });
