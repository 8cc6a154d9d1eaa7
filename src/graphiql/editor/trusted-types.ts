/** The Trusted Types policy: decides which strings may become HTML or a script URL. No script can replace it. */

declare global {
  interface Window {
    // TypeScript's DOM library does not declare it.
    readonly trustedTypes?: {
      createPolicy(name: string, rules: Record<string, (text: string) => string | null>): void;
    };
  }
}

const assets = import.meta.url.replace(/[^/]*$/, '');

// Browsers without Trusted Types do not enforce a policy.
window.trustedTypes?.createPolicy('default', {
  // Used for the documentation: Markdown with escaped HTML. `script-src` blocks event handlers in it. Embedded documents are not
  // allowed, because the policy does not apply to their scripts.
  createHTML: (html) => (/<(?:iframe|object|embed|script)\b/i.test(html) ? null : html),
  // Used for the workers.
  createScriptURL: (url) => (new URL(url, assets).href.startsWith(assets) ? url : null),
});
