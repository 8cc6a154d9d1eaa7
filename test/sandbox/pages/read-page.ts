/** Reads a page of the sandbox as HTML, cut into what each side sees. */

export interface PageText {
  readonly status: number;
  readonly headers: Headers;
  readonly html: string;
  /** What is in the customer's view. */
  readonly customer: string;
  /** What is in the agent's view. */
  readonly agent: string;
  /** The list of replies that created nothing. */
  readonly refused: string;
  /** The list of conversations. */
  readonly list: string;
}

/** `path` is what follows `/sandbox`. */
export async function readPage(origin: string, path = '', init: RequestInit = {}): Promise<PageText> {
  const response = await fetch(`${origin}/sandbox${path}`, { redirect: 'manual', ...init });
  const html = await response.text();
  const cut = (start: string, end: string) => html.split(start)[1]?.split(end)[0] ?? '';
  return {
    status: response.status,
    headers: response.headers,
    html,
    customer: cut('<section class="customer"', '</section>'),
    agent: cut('<section class="agent"', '</section>'),
    refused: cut('<section class="refused"', '</section>'),
    list: cut('<nav', '</nav>'),
  };
}

/** The paths that the buttons of a view of the page /sandbox send their presses to, in order. */
export function clickPathsIn(html: string): string[] {
  const actions = [...html.matchAll(/action="([^"]+)"/g)].map(([, action = '']) => action);
  return actions.map((action) => new URL(action, 'http://localhost/sandbox').pathname);
}

/** Presses a button, as the form of the page does. */
export function click(
  origin: string,
  path: string,
  button: string,
  headers: Record<string, string> = { 'sec-fetch-site': 'same-origin' },
): Promise<Response> {
  const body = new URLSearchParams({ button });
  return fetch(origin + path, { method: 'POST', body, headers, redirect: 'manual' });
}
