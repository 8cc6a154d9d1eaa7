/** A document that would take too much to read is refused, quickly. */

import { expect, test } from 'vitest';
import { post } from '../reply.ts';
import { startGateway } from '../start-gateway.ts';

test('of 64 KiB is taken, one character more is not', async () => {
  const gateway = await startGateway();
  const document = (length: number) => `{ __typename }#${'x'.repeat(length - 15)}`;
  expect((await post(gateway, document(65_536))).status).toBe(200);
  const { status, body } = await post(gateway, document(65_537));
  expect(status).toBe(413);
  expect(body.errors[0].message).toMatch(/longer than 65536 characters/);
});

test('of 150 levels is taken, one more is not', async () => {
  const gateway = await startGateway();
  const document = (levels: number) => `{ ${'... { '.repeat(levels - 1)} __typename ${'}'.repeat(levels)}`;
  expect((await post(gateway, document(150))).status).toBe(200);
  const { status, body } = await post(gateway, document(151));
  expect(status).toBe(400);
  expect(body.errors[0].message).toMatch(/more than 150 levels/);
});
