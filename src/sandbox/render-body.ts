/** What a message holds for both sides: its text and its files. */
import { clip } from './clip.ts';
import type { Attachment, ConversationPart } from './conversation-part.ts';
import { type Html, html } from './html.ts';

/** Kinds of pictures that a browser shows without running anything in them. */
const pictureTypes: readonly string[] = ['image/png', 'image/jpeg', 'image/gif', 'image/webp'];

/** The text as text, line breaks and all, and the files that hang on it. */
export function renderBody({ body, attachments = [] }: ConversationPart): Html {
  const text = body === '' ? null : html`<p class="text" dir="auto">${body}</p>`;
  const files = attachments.map(
    (file) => html`<li><a class="file" href="${pathOf(file)}" download>${renderFile(file)}</a></li>`,
  );
  if (text === null && files.length === 0) return html`<p class="none">No text</p>`;
  return html`${text}${files.length === 0 ? null : html`<ul class="files">${files}</ul>`}`;
}

function renderFile({ filename, mime_type: mimeType, size, ...file }: Attachment): Html {
  const name = html`<bdi>${clip(filename, 255)}</bdi> <small>${nameSize(size)}</small>`;
  if (!pictureTypes.includes(mimeType)) return name;
  return html`<img src="${pathOf(file)}" alt="" loading="lazy">${name}`;
}

/** On the origin that serves the page, wherever the API may say that the file is. */
function pathOf({ url }: Pick<Attachment, 'url'>): string {
  return `/sandbox${new URL(url).pathname}`;
}

function nameSize(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${Math.round(bytes / 1_000)} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}
