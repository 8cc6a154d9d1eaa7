/** Reads the options of `check`: its arguments, and environment variables that it shares with the gateway. */

import { chooseProxy } from '../choose-proxy.ts';
import { dashlyVariables, readVariables } from '../config.ts';
import { isId } from '../conversation/reply.ts';
import { parseArguments } from '../parse-arguments.ts';

export interface CheckSettings {
  readonly conversationId: string;
  /** `sandbox` for the embedded one. */
  readonly apiUrl: URL | 'sandbox';
  /** Null for a direct connection. */
  readonly proxy: URL | null;
  readonly token: string;
  /** Whether to send the note without asking. */
  readonly isConfirmed: boolean;
}

export type CheckOptions =
  | { readonly kind: 'settings'; readonly settings: CheckSettings }
  | { readonly kind: 'help' }
  /** One line for each; none contains a secret. */
  | { readonly kind: 'faults'; readonly faults: readonly string[] };

const argumentOptions = {
  conversation: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
  yes: { type: 'boolean', short: 'y' },
} as const;

const defaultApiUrl = new URL('https://api.dashly.app/v2');

export function readOptions(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): CheckOptions {
  const { values, fault } = parseArguments(args, argumentOptions);
  if (!values) return { kind: 'faults', faults: [fault] };
  if (values.help) return { kind: 'help' };
  const { conversation: conversationId = '', yes: isConfirmed = false } = values;
  const { data, wrong, faults } = readVariables(dashlyVariables, environment);
  const { DASHLY_API_URL: apiUrl = defaultApiUrl, DASHLY_TOKEN: token } = data;
  const isUnset = token === null && !wrong.includes('DASHLY_TOKEN');
  const allFaults = [
    ...(isId(conversationId) ? [] : ['--conversation must be the id of a conversation, such as 1447294760.']),
    ...(isUnset ? ['DASHLY_TOKEN must be set.'] : []),
    ...faults,
  ];
  if (token === null || allFaults.length > 0) return { kind: 'faults', faults: allFaults };
  const proxy = apiUrl === 'sandbox' ? null : chooseProxy(data, apiUrl);
  return { kind: 'settings', settings: { conversationId, apiUrl, proxy, token, isConfirmed } };
}
