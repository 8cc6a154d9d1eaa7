/** The error for a Redis that cannot be used as configured. */

/** Redis rejects what the URL asks for, so another attempt would fail as well. The message is for the operator. */
export class RedisRefused extends Error {
  constructor(reply: string) {
    // The rest of a reply may repeat the command, which contains the password.
    super(`REDIS_URL cannot be used: Redis answers "${/^[^,:'"`]*/.exec(reply)?.[0].trim()}".`);
  }
}
