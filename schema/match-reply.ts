/** Handles every possible result of a reply; the compiler checks that none is missing. */

/** A result of `replyToConversation`; the document must select `__typename`. */
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

/** The cases if they are complete. Otherwise a string, so that the compiler's error names what is missing. */
type Complete<Cases, AnyResult extends Result> = [Missing<Cases, AnyResult>] extends [never]
  ? Cases & NoOther<Cases, AnyResult>
  : `No case for ${Missing<Cases, AnyResult>}`;

type Missing<Cases, AnyResult extends Result> = Exclude<AnyResult['__typename'], keyof Cases>;

/** Forbids cases for names that are not members. */
type NoOther<Cases, AnyResult extends Result> = {
  readonly [Name in Exclude<keyof Cases, AnyResult['__typename']>]: never;
};

type OutputOf<Case> = Case extends (member: never) => infer Output ? Output : never;

/** A member that a later version of the gateway added. It has these fields if the document selects them `... on ReplyError`. */
export interface LaterMember extends Result {
  readonly message?: string;
  readonly delivery?: string;
}

/**
 * Calls the case for the type of the result and returns its value. A missing case is a compile error that names the member.
 *
 * A newer gateway may return members that the client does not support yet. Then `later` is called; without `later`, an `Error`
 * with the name of the member is thrown.
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
  Cases extends Partial<ReplyCases<AnyResult>>,
  LaterOutput = never,
>(
  result: AnyResult,
  cases: Complete<Cases, AnyResult>,
  later?: (member: LaterMember) => LaterOutput,
): OutputOf<Cases[keyof Cases]> | LaterOutput;
export function matchReply(
  result: Result,
  cases: unknown,
  later?: (member: LaterMember) => unknown,
): unknown {
  const byName = cases as Readonly<Record<string, (member: Result) => unknown>>;
  const name = result.__typename;
  const matching = Object.hasOwn(byName, name) ? byName[name] : later;
  if (!matching) throw new Error(`No case for ${name}. A later version of the gateway may have added it.`);
  return matching(result);
}
