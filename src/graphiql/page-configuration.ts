/** The configuration of the page. The gateway sends it in a data block, which a Content Security Policy does not block. */

export interface PageConfiguration {
  /** The default tabs, one for each kind of reply; `variables` is JSON. */
  readonly tabs: readonly { readonly query: string; readonly variables: string }[];
  /** The default headers of each tab, as JSON. */
  readonly headers: string;
  /** The page of the sandbox; null if replies reach customers in Dashly. */
  readonly sandboxUrl: string | null;
  readonly attachmentMaxBytes: number;
}

export function readConfiguration(page: Document): PageConfiguration {
  return JSON.parse(page.getElementById('configuration')?.textContent ?? '');
}
