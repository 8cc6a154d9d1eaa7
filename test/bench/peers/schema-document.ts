/** The schema of the gateway, which all peers with GraphQL serve. */

import { readFileSync } from 'node:fs';

export const schemaDocument = readFileSync(
  new URL('../../../schema/schema.graphql', import.meta.url),
  'utf8',
);

/** Resolver of `Query.replyLimits`, which the benchmark does not query. */
export const replyLimits = () => ({
  attachmentMaxBytes: 10 * 1024 * 1024,
  attachmentFileNameMaxLength: 255,
  quickReplyBodyMaxLength: 300,
});
