/** Wires the client of Dashly, or of the sandbox that replaces it. */

import { chooseProxy } from '../choose-proxy.ts';
import type { Config } from '../config.ts';
import { createDashlyClient, type DashlyClient } from '../dashly/dashly-client.ts';
import { sandboxToken } from '../sandbox/api/authorization.ts';
import { embedSandbox } from '../sandbox/embed-sandbox.ts';
import type { Sandbox } from '../sandbox/start-sandbox.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';

export interface Upstream {
  readonly dashly: DashlyClient;
  /** Null if the gateway uses Dashly. */
  readonly sandbox: Sandbox | null;
  /** The name of the upstream, for the log and the terminal. */
  readonly description: string;
}

/** For a caller that the sandbox rejects. */
export const sandboxAdvice = `The sandbox accepts "Token ${sandboxToken}".`;

/** Starts the sandbox if DASHLY_API_URL is `sandbox`. */
export async function openUpstream(config: Config, telemetry: Telemetry): Promise<Upstream> {
  const { sandbox, apiUrl } = await embedSandbox(config.DASHLY_API_URL);
  const proxy = chooseProxy(config, apiUrl);
  const dashly = createDashlyClient({
    apiUrl,
    proxy,
    timeoutMs: config.DASHLY_TIMEOUT_MS,
    attachmentMaxBytes: config.UPLOAD_MAX_BYTES,
    maxConnections: config.DASHLY_MAX_CONNECTIONS,
    maxQueue: config.DASHLY_MAX_QUEUE,
    // One conversation of the sandbox rejects every token, even the correct one.
    adviseOnToken: ({ credential }) => (sandbox && credential.token !== sandboxToken ? sandboxAdvice : ''),
    observeUndocumented: telemetry.observeUndocumented,
    onStrayAnswer: ({ conversationId, randomId }) =>
      telemetry.logError(
        'A reply got the response to another request: Dashly, or a proxy in front of it, mixes up responses.',
        new Error(
          `Whether the reply to conversation ${conversationId} with random_id ${randomId} was created is unknown.`,
        ),
      ),
  });
  const version = apiUrl.pathname === '/' ? ' (without a version; add one, such as /v2)' : '';
  const route = proxy ? ` through the proxy ${proxy.host}` : '';
  const description = sandbox
    ? `the embedded sandbox at ${sandbox.url} (set DASHLY_API_URL to replace it)`
    : `${apiUrl}${version}${route}`;
  return { dashly, sandbox, description };
}
