/** Loads a page of the sandbox and splits its HTML into views, and clicks its buttons. */

export interface ReadPage {
  readonly status: number;
  readonly headers: Headers;
  readonly html: string;
  /** The new messages of the customer's view, as HTML. */
  readonly customer: string;
  /** The new messages of the agent's view, as HTML. */
  readonly agent: string;
  /** The messages that the conversation has from the start, as HTML. */
  readonly earlier: { readonly customer: string; readonly agent: string };
  /** The list of replies that created nothing. */
  readonly refused: string;
  /** The list of conversations. */
  readonly list: string;
}

/** `path` is what follows `/sandbox`. */
export async function readPage(origin: string, path = '', init: RequestInit = {}): Promise<ReadPage> {
  const response = await fetch(`${origin}/sandbox${path}`, { redirect: 'manual', ...init });
  const html = await response.text();
  const between = (start: string, end: string) => html.split(start)[1]?.split(end)[0] ?? '';
  return {
    status: response.status,
    headers: response.headers,
    html,
    customer: between('id="customer-new"', '</section>'),
    agent: between('id="agent-new"', '</section>'),
    earlier: {
      customer: between('<section class="customer"', 'id="customer-new"'),
      agent: between('<section class="agent"', 'id="agent-new"'),
    },
    refused: between('<section class="refused"', '</section>'),
    list: between('<nav', '</nav>'),
  };
}

/** The targets of the forms in a view of the page /sandbox, in order. */
export function clickPathsIn(html: string): string[] {
  const actions = [...html.matchAll(/action="([^"]+)"/g)].map(([, action = '']) => action);
  return actions.map((action) => new URL(action, 'http://localhost/sandbox').pathname);
}

/** Clicks a button, as the form of the page does. */
export function click(
  origin: string,
  path: string,
  button: string,
  headers: Record<string, string> = { 'sec-fetch-site': 'same-origin' },
): Promise<Response> {
  const body = new URLSearchParams({ button });
  return fetch(origin + path, { method: 'POST', body, headers, redirect: 'manual' });
}
