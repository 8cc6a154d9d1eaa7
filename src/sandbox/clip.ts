/** Shortens texts of any length for a page. */

/** At most so many characters of a text, with an ellipsis where there were more. */
export function clip(text: string, max: number): string {
  return text.length <= max ? text : `${text.slice(0, max).replace(/[\uD800-\uDBFF]$/, '')}…`;
}
