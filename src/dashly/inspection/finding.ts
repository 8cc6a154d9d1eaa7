/** What an inspection of the API finds, in fixed words and numbers: never a text or a secret from an answer. */

export interface Finding {
  /** The name of the field in the REST API, or of another fact. */
  readonly name: string;
  readonly found: string;
  /** The words for what is documented. */
  readonly expected: readonly string[];
}

/** Whether the answer is not what the API documents. */
export function differs({ found, expected }: Finding): boolean {
  return !expected.includes(found);
}

/** The findings about one answer or about one question. */
export interface Section {
  readonly title: string;
  readonly findings: readonly Finding[];
}
