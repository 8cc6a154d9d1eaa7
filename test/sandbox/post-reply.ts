/** Sends replies to a sandbox with plain HTTP. */
import { expect } from 'vitest';

/** The body is text, because parsing it would lose digits. */
export interface ReplyResponse {
  status: number;
  headers: Headers;
  text: string;
}

/** Sends a form to a conversation, by default with the sandbox's token. */
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
): Promise<ReplyResponse> {
  const response = await fetch(`${url}/conversations/${id}/reply${query}`, {
    method: 'POST',
    headers,
    body: fields instanceof FormData ? fields : new URLSearchParams(fields),
    redirect: 'manual',
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

/** Sends a reply with `id_as_string`, expects success, and returns `data`. */
export async function createPart(
  url: string,
  { id = '1', fields = {} }: { id?: string; fields?: Record<string, string> } = {},
) {
  const response = await postReply(url, { id, fields: { body: 'Hello', id_as_string: 'true', ...fields } });
  expect(response.text).toContain('"meta":{"status":200}');
  expect(response.status).toBe(200);
  return JSON.parse(response.text).data;
}
