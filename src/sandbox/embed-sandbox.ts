/** Starts a sandbox in the process of the gateway. */

import type { Sandbox } from './start-sandbox.ts';

export interface Embedded {
  /** Null if Dashly is not replaced. */
  readonly sandbox: Sandbox | null;
  readonly apiUrl: URL;
}

/** Imports the sandbox only if it replaces Dashly. */
export async function embedSandbox(apiUrl: URL | 'sandbox'): Promise<Embedded> {
  if (apiUrl !== 'sandbox') return { sandbox: null, apiUrl };
  const { startSandbox } = await import('./start-sandbox.ts');
  const sandbox = await startSandbox();
  return { sandbox, apiUrl: new URL(sandbox.url) };
}
