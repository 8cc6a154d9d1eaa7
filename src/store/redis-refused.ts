/** A Redis that cannot be used as it is configured. */

/** Redis answers, but refuses what the URL asks for, so that another attempt fails as well. The message is for the operator. */
export class RedisRefused extends Error {
  constructor(reply: string) {
    // The rest of a reply may repeat the command, which has the password in it.
    super(`REDIS_URL cannot be used: Redis answers "${/^[^,:'"`]*/.exec(reply)?.[0].trim()}".`);
  }
}
