/** The parts of a `REDIS_URL`: one server, the Sentinels of a primary, or nodes of a Redis Cluster. */

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

export interface SplitRedisUrl {
  readonly kind: RedisAddress['kind'];
  /** One for each host, as if it was a single server. */
  readonly urls: readonly [string, ...string[]];
  readonly query: URLSearchParams;
}

/** The parameters of a URL of Sentinels, as go-redis names them. */
export const sentinelParameters = {
  masterName: 'master_name',
  username: 'sentinel_username',
  password: 'sentinel_password',
} as const;

const form = /^redis(s?)(?:-(sentinel|cluster))?:\/\/([^/?#]*@)?([^/?#@]*)(\/[^?#]*)?(?:\?([^#]*))?$/i;

/** Null if the URL has another form. */
export function splitRedisUrl(url: string): SplitRedisUrl | null {
  const parts = form.exec(url);
  if (!parts) return null;
  const [, s = '', word = 'server', user = '', hosts = '', path = '', query = ''] = parts;
  const kind = word.toLowerCase() as RedisAddress['kind'];
  const urlOf = (host: string) => `redis${s}://${user}${host}${path}`;
  // A single server has no list.
  const [first = '', ...others] = kind === 'server' ? [hosts] : hosts.split(',');
  return { kind, urls: [urlOf(first), ...others.map(urlOf)], query: new URLSearchParams(query) };
}

/** For a URL that was checked. */
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
