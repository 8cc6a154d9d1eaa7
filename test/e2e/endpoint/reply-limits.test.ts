/** The query `replyLimits`. */

import { expect, test } from 'vitest';
import { post } from '../../support/gateway/reply.ts';
import { startStage } from '../../support/gateway/start-stage.ts';

const query = '{ replyLimits { attachmentMaxBytes attachmentFileNameMaxLength quickReplyBodyMaxLength } }';

test.each([
  [{}, 10 * 1024 * 1024],
  [{ UPLOAD_MAX_BYTES: '2147483647' }, 2147483647],
])('returns the limits with the configuration %o', async (environment, attachmentMaxBytes) => {
  const { gateway, upstream } = await startStage(undefined, environment);
  const { body } = await post(gateway, query, {}, { authorization: '' });
  expect(body.data.replyLimits).toEqual({
    attachmentMaxBytes,
    attachmentFileNameMaxLength: 255,
    quickReplyBodyMaxLength: 300,
  });
  expect(upstream.requests).toEqual([]);
});
