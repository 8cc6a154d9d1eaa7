/** The text of a document with the types of its variables and its result. */

export interface DocumentMeta {
  /** The SHA-256 of the text in hex: the id of the document in the manifest of trusted documents. */
  readonly hash: string;
}

/** Like the class that GraphQL Code Generator writes for `documentMode: 'string'`. JSON contains it as a string. */
export class TypedDocumentString<Result, Variables> extends String {
  /** A type only. */
  declare readonly __apiType?: (variables: Variables) => Result;
  readonly __meta__: DocumentMeta;

  constructor(text: string, hash: string) {
    super(text);
    this.__meta__ = { hash };
  }
}
