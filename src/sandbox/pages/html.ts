/** HTML in which every text is escaped, unless it says of itself that it is HTML. */

/** A piece of HTML that is safe to put into a page. */
export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** What a template may hold: HTML as it is, text escaped, lists one after the other, and null for nothing. */
export type HtmlContent = Html | string | number | null | readonly HtmlContent[];

/** A template whose values are escaped, for text between tags and for attributes in double quotes. */
export function html(strings: TemplateStringsArray, ...values: readonly HtmlContent[]): Html {
  return new Html(strings.map((part, index) => part + write(values[index] ?? null)).join(''));
}

function write(content: HtmlContent): string {
  if (content === null) return '';
  if (content instanceof Html) return content.text;
  if (typeof content === 'object') return content.map(write).join('');
  return String(content).replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}
