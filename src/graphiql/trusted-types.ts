/** Which texts may become HTML or the address of a script: the browser asks this policy, which no script can replace. */

declare global {
  interface Window {
    // TypeScript's library does not know them.
    readonly trustedTypes?: {
      createPolicy(name: string, rules: Record<string, (text: string) => string | null>): void;
    };
  }
}

const assets = import.meta.url.replace(/[^/]*$/, '');

// Not in all browsers; the others do not ask.
window.trustedTypes?.createPolicy('default', {
  // The documentation, as Markdown whose own HTML was escaped. Handlers in it would not run: `script-src` forbids them. A page in
  // the page would not be asked about its scripts, so there is to be none.
  createHTML: (html) => (/<(?:iframe|object|embed|script)\b/i.test(html) ? null : html),
  // The workers.
  createScriptURL: (url) => (new URL(url, assets).href.startsWith(assets) ? url : null),
});
