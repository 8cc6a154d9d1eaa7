/** Checks and parses a `REDIS_URL`: one server, the Sentinels of a primary, or nodes of a Redis Cluster. */

import { z } from 'zod';

export interface HostAndPort {
  readonly host: string;
  readonly port: number;
}

export function addressOf({ host, port }: HostAndPort): string {
  return `${host}:${port}`;
}

export interface Credentials {
  readonly username: string;
  /** Empty for none. */
  readonly password: string;
}

export interface RedisAddress extends Credentials {
  readonly kind: 'server' | 'sentinel' | 'cluster';
  readonly isEncrypted: boolean;
  /** One server, or the Sentinels, or some nodes of the cluster. */
  readonly hosts: readonly [HostAndPort, ...HostAndPort[]];
  readonly database: number;
  /** For Sentinels. */
  readonly masterName: string;
  readonly sentinelCredentials: Credentials;
}

interface SplitRedisUrl {
  readonly kind: RedisAddress['kind'];
  /** One for each host, as if it was a single server. */
  readonly urls: readonly [string, ...string[]];
  readonly query: URLSearchParams;
}

/** The parameters of a URL of Sentinels, as go-redis names them. */
const sentinelParameters = {
  masterName: 'master_name',
  username: 'sentinel_username',
  password: 'sentinel_password',
} as const;

const form = /^redis(s?)(?:-(sentinel|cluster))?:\/\/([^/?#]*@)?([^/?#@]*)(\/[^?#]*)?(?:\?([^#]*))?$/i;

/** Null if the URL has another form. */
function splitRedisUrl(url: string): SplitRedisUrl | null {
  const parts = form.exec(url);
  if (!parts) return null;
  const [, s = '', word = 'server', user = '', hosts = '', path = '', query = ''] = parts;
  const kind = word.toLowerCase() as RedisAddress['kind'];
  const urlOf = (host: string) => `redis${s}://${user}${host}${path}`;
  // A single server has no list.
  const [first = '', ...others] = kind === 'server' ? [hosts] : hosts.split(',');
  return { kind, urls: [urlOf(first), ...others.map(urlOf)], query: new URLSearchParams(query) };
}

const serverMessage = 'must be a URL such as redis://cache:6379 or rediss://user:password@cache:6380';

/** Redis reads the number of a database as an `int`; its configuration sets a lower maximum. */
const maxDatabase = 2 ** 31 - 1;

/** The URL of one server. */
const serverUrl = z
  .url({ protocol: /^rediss?$/, error: serverMessage })
  .transform((href) => new URL(href))
  .refine(({ hostname }) => hostname !== '', serverMessage)
  .refine(
    ({ hostname }) => !hostname.includes('%'),
    'must have a host of plain letters, digits, dots and hyphens',
  )
  .refine(({ port }) => port !== '0', 'must have a port between 1 and 65535')
  .refine(
    ({ username, password }) => isDecodable(username) && isDecodable(password),
    'must have percent-encoding for special characters of its user and password, such as %25 for %',
  )
  .refine(
    ({ pathname }) => /^\/?\d{0,10}$/.test(pathname) && Number(pathname.slice(1)) <= maxDatabase,
    `must have no path, or the number of a database between 0 and ${maxDatabase}, such as redis://cache:6379/1`,
  )
  .transform(String);

const clusterMessage =
  'must be a URL such as redis-cluster://user:password@node1:6379,node2:6379, without a path';
const sentinelMessage =
  'must be a URL such as redis-sentinel://user:password@host1:26379,host2:26379/0?master_name=mymaster';

/** The URL of one server, of several Sentinels with the name of their primary, or of several nodes of a Redis Cluster. */
export const redisUrl = z.string(serverMessage).transform((url, context) => {
  const refuse = (message: string) => {
    context.addIssue(message);
    return z.NEVER;
  };
  const parts = splitRedisUrl(url);
  if (!parts || parts.kind === 'server') {
    const { data, error } = serverUrl.safeParse(url);
    return error ? refuse(error.issues[0]?.message ?? serverMessage) : data;
  }
  const { kind, urls, query } = parts;
  const formMessage = kind === 'cluster' ? clusterMessage : sentinelMessage;
  for (const one of urls) {
    const { error } = serverUrl.safeParse(one);
    const message = error?.issues[0]?.message;
    if (message) return refuse(message === serverMessage ? formMessage : message);
  }
  const parameters: readonly string[] = kind === 'cluster' ? [] : Object.values(sentinelParameters);
  const unknown = [...query.keys()].find((name) => !parameters.includes(name));
  if (unknown !== undefined) return refuse(`has the unknown parameter ${unknown}; it ${formMessage}`);
  if (kind === 'sentinel' && !query.get(sentinelParameters.masterName))
    return refuse(`must name the primary: it ${sentinelMessage}`);
  if (kind === 'cluster' && !/^\/?$/.test(new URL(urls[0]).pathname)) return refuse(clusterMessage);
  return url;
});

/** Parses a URL that was checked. */
export function parseRedisUrl(url: string): RedisAddress {
  const parts = splitRedisUrl(url);
  if (!parts) throw new TypeError('Not a URL of Redis.');
  const { kind, query } = parts;
  const [first, ...others] = parts.urls;
  const { protocol, username, password, pathname } = new URL(first);
  const defaultPort = kind === 'sentinel' ? 26_379 : 6_379;
  const hostOf = (one: string): HostAndPort => {
    const { hostname, port } = new URL(one);
    return { host: hostname.replace(/^\[(.*)\]$/, '$1'), port: Number(port || defaultPort) };
  };
  const parameter = (name: keyof typeof sentinelParameters) => query.get(sentinelParameters[name]) ?? '';
  return {
    kind,
    isEncrypted: protocol === 'rediss:',
    hosts: [hostOf(first), ...others.map(hostOf)],
    username: decodeURIComponent(username),
    password: decodeURIComponent(password),
    database: Number(pathname.slice(1)),
    masterName: parameter('masterName'),
    sentinelCredentials: { username: parameter('username'), password: parameter('password') },
  };
}

/** Whether it is percent-encoded correctly. */
export function isDecodable(encoded: string): boolean {
  try {
    decodeURIComponent(encoded);
    return true;
  } catch {
    return false;
  }
}
