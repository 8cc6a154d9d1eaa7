/** What the gateway tells the page, in a data block that no Content Security Policy minds. */

export interface PageConfiguration {
  /** What stands ready, one for each kind of reply; `variables` is JSON. */
  readonly tabs: readonly { readonly query: string; readonly variables: string }[];
  /** JSON, for every tab. */
  readonly headers: string;
  /** Where replies go: into the sandbox, whose page is at this address, or to customers. */
  readonly destination: { readonly sandboxUrl: string } | { readonly liveHost: string };
  readonly attachmentMaxBytes: number;
}

export function readConfiguration(page: Document): PageConfiguration {
  return JSON.parse(page.getElementById('configuration')?.textContent ?? '');
}
