/** Renders what both views show of a message: author, time, text and files. */
import { defaultUserId } from '../api/check-reply.ts';
import type { Admin, Attachment, ConversationPart, JsonId } from '../api/conversation-part.ts';
import { imageTypes } from '../api/serve-file.ts';
import { digitsOf, isJsonObject } from '../exact-json.ts';
import type { StoredPart } from '../sandbox-state.ts';
import { type Html, html, truncate } from './html.ts';
import type { PageLinks } from './page-links.ts';

/** Longer texts and values are truncated. */
const maxCharacters = 2_000;

/** The parts that a page shows, oldest first. */
export interface ShownParts {
  /** The parts that the conversation has from the start. */
  earlier: readonly StoredPart[];
  recent: readonly StoredPart[];
}

interface Author {
  isVisitor: boolean;
  name: string;
}

/** The list of a view: the earlier parts, a line, and the new ones. */
export function renderList(
  view: 'customer' | 'agent',
  { earlier, recent }: ShownParts,
  render: (part: StoredPart) => Html,
): Html {
  return html`<ol>${earlier.map(render)}<li class="line new" id="${view}-new">New messages</li>${recent.length === 0 ? html`<li class="line">Nothing yet.</li>` : recent.map(render)}</ol>`;
}

/** `from` is an id for a visitor, an object for an admin, and null if the author is unknown. */
export function authorOf({ from }: Pick<ConversationPart, 'from'>): Author {
  if (from === null) return { isVisitor: false, name: 'Unknown' };
  if (isAdmin(from)) return { isVisitor: false, name: from.name };
  const id = digitsOf(from);
  return { isVisitor: true, name: id === defaultUserId ? 'Visitor' : `Visitor ${id}` };
}

function isAdmin(from: JsonId | Admin): from is Admin {
  return isJsonObject(from);
}

/** The time of creation. */
export function timeOf({ created }: Pick<ConversationPart, 'created'>): Date {
  return new Date(created * 1_000);
}

/** The time of day in the time zone of the server; the script replaces it with that of the reader. */
export function renderTime(time: Date): Html {
  const ofDay = time.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
  return html`<time datetime="${time.toISOString()}">${ofDay}</time>`;
}

/** The text with its line breaks, and the attachments. */
export function renderBody({ body, attachments = [] }: ConversationPart, links: PageLinks): Html {
  const text =
    body === ''
      ? null
      : html`<p class="text" dir="auto">${truncate(body, maxCharacters)}</p>${renderRest(body)}`;
  const files = attachments.map((file) => html`<li>${renderFile(file, linkTo(file, links))}</li>`);
  if (text === null && files.length === 0) return html`<p class="none">No text</p>`;
  return html`${text}${files.length === 0 ? null : html`<ul class="files">${files}</ul>`}`;
}

/** How many characters of a text are not shown; null if all are. */
function renderRest({ length }: string): Html | null {
  const rest = length - maxCharacters;
  if (rest <= 0) return null;
  return html`<p><small>The first ${maxCharacters} characters; ${rest} after them are not shown.</small></p>`;
}

function renderFile({ filename, mime_type: mimeType, size }: Attachment, link: string): Html {
  const isImage = imageTypes.includes(mimeType);
  const preview = isImage ? html`<img src="${link}" alt="" loading="lazy">` : null;
  return html`<a class="file" href="${link}" download>${preview}<bdi>${truncate(filename, 255)}</bdi> <small>${formatSize(size)}</small></a>`;
}

/** On the origin of the page; the URL in the part has the origin of the sandbox's API. */
function linkTo({ url }: Attachment, links: PageLinks): string {
  return links.attachment(new URL(url).pathname);
}

function formatSize(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${Math.round(bytes / 1_000)} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** A list of names and values. */
export function renderRows(rows: ReadonlyArray<readonly [name: string, text: string]>): Html {
  return html`<dl>${rows.map(([name, text]) => html`<div><dt>${name}</dt><dd>${truncate(text, maxCharacters)}${renderRest(text)}</dd></div>`)}</dl>`;
}
