/** The error for a Redis that cannot be used as configured. */

/** Another attempt would fail as well. The message is for the operator. */
export class RedisRefused extends Error {
  constructor(reason: string) {
    super(`REDIS_URL cannot be used: ${reason}`);
  }

  /** Redis rejects what the URL asks for. */
  static byReply(reply: string): RedisRefused {
    // The rest of a reply may repeat the command, which contains the password.
    return new RedisRefused(`Redis answers "${/^[^,:'"`]*/.exec(reply)?.[0].trim()}".`);
  }
}
