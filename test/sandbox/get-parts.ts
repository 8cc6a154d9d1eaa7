/** Reads the parts of a conversation of a sandbox with plain HTTP. */

/** A page of parts; `text` is the body, because parsing it loses digits. */
export interface PartsResponse {
  status: number;
  headers: Headers;
  text: string;
  // biome-ignore lint/suspicious/noExplicitAny: the shape is what the tests check.
  data: any[];
  meta: Record<string, unknown>;
}

/** Sends the query with `id_as_string` to a conversation, by default with the sandbox's token. */
export async function getParts(
  url: string,
  {
    id = '1',
    query = {},
    headers = { authorization: 'Token sandbox' },
  }: { id?: string; query?: Record<string, string>; headers?: Record<string, string> } = {},
): Promise<PartsResponse> {
  const parameters = new URLSearchParams({ id_as_string: 'true', ...query });
  const response = await fetch(`${url}/conversations/${id}/parts?${parameters}`, { headers });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, ...JSON.parse(text) };
}
