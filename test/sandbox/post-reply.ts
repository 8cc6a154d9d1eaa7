/** Asks a sandbox for a reply the way a plain HTTP client would, and hands back all that came. */
import { expect } from 'vitest';

/** An answer of the sandbox with its body as text, because parsing it would already lose digits. */
export interface RawAnswer {
  status: number;
  headers: Headers;
  text: string;
}

/** Sends a form to a conversation, with the sandbox's token unless `headers` say otherwise. */
export async function postReply(
  url: string,
  {
    id = '1',
    query = '',
    fields = { body: 'Hello' },
    headers = { authorization: 'Token sandbox' },
  }: {
    id?: string;
    query?: string;
    fields?: Record<string, string> | Array<[string, string]> | FormData;
    headers?: Record<string, string>;
  } = {},
): Promise<RawAnswer> {
  const response = await fetch(`${url}/conversations/${id}/reply${query}`, {
    method: 'POST',
    headers,
    body: fields instanceof FormData ? fields : new URLSearchParams(fields),
    redirect: 'manual',
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

/** Asks with `id_as_string` and hands back `data` of the success that it insists on. */
export async function createPart(
  url: string,
  { id = '1', fields = {} }: { id?: string; fields?: Record<string, string> } = {},
) {
  const answer = await postReply(url, { id, fields: { body: 'Hello', id_as_string: 'true', ...fields } });
  expect(answer.text).toContain('"meta":{"status":200}');
  expect(answer.status).toBe(200);
  return JSON.parse(answer.text).data;
}
