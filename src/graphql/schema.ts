/** Builds the schema from the files that define its types. */

import { builder } from './builder.ts';
import './scalars/date-time.ts';
import './scalars/json-object.ts';
import './scalars/upload.ts';
import './reply/limits.ts';
import './reply/mutation.ts';
import './conversation/parts.ts';

export const schema = builder.toSchema({ sortSchema: false });
