/** Builds HTML from templates that escape every text, and truncates long texts. */

/** HTML that is safe to insert into a page. */
export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** Values of a template: HTML is inserted unchanged, texts are escaped, lists are joined, null is omitted. */
export type HtmlContent = Html | string | number | null | readonly HtmlContent[];

/** A template whose values may be text between tags and attributes in double quotes. */
export function html(strings: TemplateStringsArray, ...values: readonly HtmlContent[]): Html {
  return new Html(strings.map((part, index) => part + write(values[index] ?? null)).join(''));
}

function write(content: HtmlContent): string {
  if (content === null) return '';
  if (content instanceof Html) return content.text;
  if (typeof content === 'object') return content.map(write).join('');
  return String(content).replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}

/** The first `max` characters of a text, with an ellipsis if there are more. */
export function truncate(text: string, max: number): string {
  return text.length <= max ? text : `${text.slice(0, max).replace(/[\uD800-\uDBFF]$/, '')}…`;
}
