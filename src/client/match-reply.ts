/** Takes the result of a reply apart, so that no way in which it can end is forgotten. */

/** What became of a reply, as a document with `__typename` selects it. */
interface Result {
  readonly __typename: string;
}

/** The member of the union `Result` with this name. */
type Member<AnyResult extends Result, Name> = AnyResult extends Result
  ? Name extends AnyResult['__typename']
    ? AnyResult & { readonly __typename: Name }
    : never
  : never;

/** A function for each member of the union, by its name. */
export type ReplyCases<AnyResult extends Result, Output = unknown> = {
  readonly [Name in AnyResult['__typename']]: (member: Member<AnyResult, Name>) => Output;
};

/** Keeps out the names of what is no member. */
type NoOther<Cases, AnyResult extends Result> = {
  readonly [Name in Exclude<keyof Cases, AnyResult['__typename']>]: never;
};

/** A member that a later version of the gateway has; a document with `... on ReplyError` has this much of it. */
export interface LaterMember extends Result {
  readonly message?: string;
  readonly delivery?: string;
}

/**
 * Calls the function for the member that the result is, and returns what that returns. Leaving one out is an error of the compiler.
 *
 * A gateway may know more members than its clients were written for: such a result goes to `later`, or is thrown as an `Error`
 * with its name where there is none.
 *
 * @example
 * ```ts
 * const text = matchReply(data.replyToConversation, {
 *   ReplyToConversationPayload: ({ part }) => `Sent: ${part.id}`,
 *   ReplyTooBigError: ({ message }) => message,
 *   // … and so on for every member
 * });
 * ```
 */
export function matchReply<
  AnyResult extends Result,
  Cases extends ReplyCases<AnyResult>,
  LaterOutput = never,
>(
  result: AnyResult,
  cases: Cases & NoOther<Cases, AnyResult>,
  later?: (member: LaterMember) => LaterOutput,
): ReturnType<Cases[AnyResult['__typename']]> | LaterOutput;
export function matchReply(
  result: Result,
  cases: Readonly<Record<string, (member: Result) => unknown>>,
  later?: (member: LaterMember) => unknown,
): unknown {
  const name = result.__typename;
  const matching = Object.hasOwn(cases, name) ? cases[name] : later;
  if (!matching)
    throw new Error(`No case for ${name}: a later version of the gateway may have more ways to fail.`);
  return matching(result);
}
