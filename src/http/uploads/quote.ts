/** Shows a piece of a client's own text in a message. */

/** In quotes, on one line, and cut where it is long. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}
