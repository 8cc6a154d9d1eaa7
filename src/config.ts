/** The environment, checked once. */

import { z } from 'zod';

const maxTimeoutMs = 10 * 60_000;

/** What a GraphQL `Int` holds: `replyLimits` tells clients of it. */
const maxInt32 = 2 ** 31 - 1;

const loopbackHosts = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

const apiUrl = z.string().transform((text, context) => {
  if (text === 'sandbox') return null;
  const url = URL.canParse(text) ? new URL(text) : null;
  const message = url ? faultOfApiUrl(url) : 'is not a URL, such as https://api.dashly.app/v2';
  if (url && !message) return url;
  context.addIssue({ code: 'custom', message: message ?? '' });
  return z.NEVER;
});

function faultOfApiUrl(url: URL): string | null {
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'is to begin with https://';
  if (url.protocol === 'http:' && !loopbackHosts.test(url.hostname)) {
    return 'is to begin with https:// (http:// only for this machine, since the token would travel in clear)';
  }
  const hasMore = url.username || url.password || url.search || url.hash;
  return hasMore ? 'is to have no user, password, query or fragment' : null;
}

const configSchema = z.object({
  /** Port to listen on; 0 takes any that is free. */
  PORT: wholeNumber(0, 65_535).default(4000),
  /** Address to listen on. */
  HOST: z.string().default('127.0.0.1'),
  /** Base URL of Dashly's API with the version, such as `https://api.dashly.app/v2`; null is the embedded sandbox. */
  DASHLY_API_URL: apiUrl.default(null),
  /** Time for a whole call to Dashly, in milliseconds. */
  DASHLY_TIMEOUT_MS: wholeNumber(1, maxTimeoutMs).default(10_000),
  /** Largest attachment, in bytes. */
  UPLOAD_MAX_BYTES: wholeNumber(1, maxInt32).default(10 * 1024 * 1024),
});

export type Config = z.output<typeof configSchema>;

export type ConfigResult =
  | { readonly config: Config; readonly faults?: never }
  | {
      readonly config?: never /** One line for each variable that is wrong. */;
      readonly faults: readonly string[];
    };

/** Reads the configuration from environment variables; an empty one counts as unset. */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): ConfigResult {
  const given = Object.entries(environment).filter(([, value]) => value !== undefined && value !== '');
  const { data, error } = configSchema.safeParse(Object.fromEntries(given));
  if (data) return { config: data };
  return { faults: error.issues.map((issue) => `${String(issue.path[0])} ${issue.message}.`) };
}

function wholeNumber(min: number, max: number) {
  const message = `is to be a whole number from ${min} to ${max}`;
  return z
    .string()
    .regex(/^\d{1,15}$/, message)
    .transform(Number)
    .refine((value) => value >= min && value <= max, message);
}
