/** What is written of an error: nothing that somebody hung onto it, such as claims, headers or the URL with a password. */

export interface DescribedError {
  readonly type: string;
  readonly message?: string;
  readonly stack?: string;
  readonly cause?: DescribedError;
  /** Where several went wrong at once: to every address of a name, for one. */
  readonly errors?: readonly DescribedError[];
}

/** Of causes of causes, which may run in circles. */
const maxDepth = 8;
const maxErrors = 8;
/** In characters: a message may quote what did not fit. */
const maxText = 8_000;

export function describeError(error: unknown, depth = 1): DescribedError {
  if (!(error instanceof Error)) {
    const type = error === null ? 'null' : typeof error;
    return type === 'string' ? { type, message: cut(String(error)) } : { type };
  }
  const { name, message, stack, cause } = error;
  const isDeep = depth >= maxDepth;
  return {
    type: cut(String(name)),
    message: cut(String(message)),
    ...(stack === undefined ? {} : { stack: cut(String(stack)) }),
    ...(cause === undefined || isDeep ? {} : { cause: describeError(cause, depth + 1) }),
    ...(error instanceof AggregateError && !isDeep
      ? { errors: error.errors.slice(0, maxErrors).map((one) => describeError(one, depth + 1)) }
      : {}),
  };
}

function cut(text: string): string {
  return text.length > maxText ? `${text.slice(0, maxText)}…` : text;
}
