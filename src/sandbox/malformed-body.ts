/** The failure of a body that cannot be read as what it says it is. */

/** Thrown by the parsers of bodies; its message is a sentence fit for `error_message`. */
export class MalformedBody extends Error {
  override name = 'MalformedBody';
}
