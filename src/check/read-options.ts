/** Reads the options of `check`: its arguments, and environment variables that it shares with the gateway. */

import { z } from 'zod';
import { chooseProxy } from '../choose-proxy.ts';
import * as formats from '../config-formats.ts';
import { isId } from '../conversation/reply.ts';
import { parseArguments } from '../parse-arguments.ts';
import { readSecretFiles } from '../secret-files.ts';

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

const variables = z.object({
  DASHLY_TOKEN: formats.token,
  DASHLY_API_URL: formats.apiUrl.default(new URL('https://api.dashly.app/v2')),
  HTTPS_PROXY: formats.proxyUrl.nullable().default(null),
  NO_PROXY: formats.hostList.default([]),
});

export function readOptions(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): CheckOptions {
  const { values, fault } = parseArguments(args, argumentOptions);
  if (!values) return { kind: 'faults', faults: [fault] };
  if (values.help) return { kind: 'help' };
  const { conversation: conversationId = '', yes: isConfirmed = false } = values;
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value));
  const files = readSecretFiles(given, ['DASHLY_TOKEN']);
  const { data, error } = variables.safeParse({ ...given, ...files.contents });
  const messages = Object.entries(error ? z.flattenError(error).fieldErrors : {});
  const faults = [
    ...(isId(conversationId) ? [] : ['--conversation must be the id of a conversation, such as 1447294760.']),
    ...messages.flatMap(([name, lines]) => {
      if (name === 'DASHLY_TOKEN' && files.faults[name]) return [];
      return `${name} ${name in given || name in files.contents ? lines[0] : 'must be set'}.`;
    }),
    ...Object.values(files.faults),
  ];
  if (!data || faults.length > 0) return { kind: 'faults', faults };
  const { DASHLY_API_URL: apiUrl, DASHLY_TOKEN: token } = data;
  const proxy = apiUrl === 'sandbox' ? null : chooseProxy(data, apiUrl);
  return { kind: 'settings', settings: { conversationId, apiUrl, proxy, token, isConfirmed } };
}
