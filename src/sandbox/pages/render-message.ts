/** What both sides of a conversation show of a message: who wrote it, when, its text and its files. */

import type { Admin, Attachment, ConversationPart, JsonId } from '../api/conversation-part.ts';
import { pictureTypes } from '../api/serve-file.ts';
import { clip } from '../clip.ts';
import { digitsOf, isJsonObject } from '../exact-json.ts';
import { sandboxUserId } from '../sandbox-user-id.ts';
import { type Html, html } from './html.ts';
import type { PageLinks } from './page-links.ts';

/** How much is shown of a value that may be of any length. */
const maxCharacters = 2_000;

/** A side of a conversation, and how it is called. */
export interface Author {
  isVisitor: boolean;
  name: string;
}

/** Where `from` is an id alone, it is a visitor; where it is null, nobody says who it was. */
export function authorOf({ from }: Pick<ConversationPart, 'from'>): Author {
  if (from === null) return { isVisitor: false, name: 'Unknown' };
  if (isAdmin(from)) return { isVisitor: false, name: from.name };
  const id = digitsOf(from);
  return { isVisitor: true, name: id === sandboxUserId ? 'Visitor' : `Visitor ${id}` };
}

function isAdmin(from: JsonId | Admin): from is Admin {
  return isJsonObject(from);
}

/** When the part was created. */
export function timeOf({ created }: Pick<ConversationPart, 'created'>): Date {
  return new Date(created * 1_000);
}

/** The time of day where the sandbox runs; a script puts that of the reader in its place. */
export function renderTime(time: Date): Html {
  const ofDay = time.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
  return html`<time datetime="${time.toISOString()}">${ofDay}</time>`;
}

/** The text as text, line breaks and all, and the files that hang on it. */
export function renderBody({ body, attachments = [] }: ConversationPart, links: PageLinks): Html {
  const text = body === '' ? null : html`<p class="text" dir="auto">${body}</p>`;
  const files = attachments.map((file) => html`<li>${renderFile(file, linkTo(file, links))}</li>`);
  if (text === null && files.length === 0) return html`<p class="none">No text</p>`;
  return html`${text}${files.length === 0 ? null : html`<ul class="files">${files}</ul>`}`;
}

function renderFile({ filename, mime_type: mimeType, size }: Attachment, link: string): Html {
  const isPicture = pictureTypes.includes(mimeType);
  const preview = isPicture ? html`<img src="${link}" alt="" loading="lazy">` : null;
  return html`<a class="file" href="${link}" download>${preview}<bdi>${clip(filename, 255)}</bdi> <small>${nameSize(size)}</small></a>`;
}

/** On the origin that serves the page: the API names the sandbox's own. */
function linkTo({ url }: Attachment, links: PageLinks): string {
  return links.attachment(new URL(url).pathname);
}

function nameSize(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${Math.round(bytes / 1_000)} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** Names and values, one below the other. */
export function renderRows(rows: ReadonlyArray<readonly [name: string, text: string]>): Html {
  return html`<dl>${rows.map(([name, text]) => html`<div><dt>${name}</dt><dd>${clip(text, maxCharacters)}</dd></div>`)}</dl>`;
}
