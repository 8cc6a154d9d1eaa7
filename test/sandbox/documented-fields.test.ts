/** The sandbox answers with every documented field of a part. */

import { afterAll, expect, test } from 'vitest';
import { startSandbox } from '../../src/sandbox/start-sandbox.ts';
import { documentedData } from '../dashly/documented-shape.ts';
import { postReply } from './post-reply.ts';

const sandbox = await startSandbox();
afterAll(() => sandbox.close());

test('a reply has each field of test/dashly/documented-shape.ts, if it requests the optional ones', async () => {
  const names = Object.keys(documentedData.in.shape);
  const form = new FormData();
  for (const name of names) form.append(`include_${name}`, 'true');
  form.append('id_as_string', 'true');
  form.append('auto_assign', '1');
  form.append('attachment', new File(['text'], 'a.txt'));
  const { text } = await postReply(sandbox.url, { fields: form });
  const { data } = JSON.parse(text);
  expect(Object.keys(data).sort()).toEqual(names.sort());
  expect(documentedData.safeParse(data).error).toBeUndefined();
});
