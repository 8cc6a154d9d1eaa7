/** Which form of answer a client accepts, found out before anything is executed. */

/** The two media types of GraphQL over HTTP, or whichever of them the gateway prefers. */
export type AcceptedType = 'application/json' | 'application/graphql-response+json' | '*/*';

/**
 * The first range of an `Accept` header that an answer can satisfy; null where there is none. Weights (`q=`) are not looked at,
 * which RFC 9110 allows.
 */
export function negotiate(accept: string | undefined): AcceptedType | null {
  if (!accept?.trim()) return '*/*';
  for (const range of accept.toLowerCase().split(',')) {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim());
    const isUtf8 = parameters.every((it) => !it.startsWith('charset=') || /^charset="?utf-?8"?$/.test(it));
    if (!isUtf8) continue;
    if (type === 'application/json' || type === 'application/graphql-response+json') return type;
    if (type === '*/*' || type === 'application/*') return '*/*';
  }
  return null;
}
