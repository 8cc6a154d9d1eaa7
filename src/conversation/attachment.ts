/** The file of a reply: while it is being received, and as it is sent. */

import { attachmentFileNameMaxLength } from './reply-limits.ts';

/** The content of a file that was received completely. */
export interface FileContent {
  /** The declared media type with its parameters, such as `text/csv; charset=utf-8`. */
  readonly mediaType: string;
  /** In bytes. */
  readonly size: number;
  /** Reads the file from its start; can be called several times. A chunk is valid until the next one is read. */
  open(): AsyncIterable<Uint8Array>;
}

/** How receiving a file ends, unless its request is broken. `name` may be a path. */
export type FileArrival =
  | { readonly kind: 'arrived'; readonly name: string; readonly content: FileContent }
  | { readonly kind: 'tooBig'; readonly maxBytes: number };

/** A file as it is sent with a reply. */
export interface OutgoingFile {
  /** 1 to 255 characters. */
  readonly fileName: string;
  readonly content: FileContent;
}

/** The last segment of a path without control characters, shortened to `maxCharacters` while keeping its extension. */
export function fileNameFrom(name: string, maxCharacters = attachmentFileNameMaxLength): string {
  const base = name.slice(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1);
  const characters = [
    ...base
      .toWellFormed()
      .replace(/\p{Cc}/gu, '')
      .trim(),
  ];
  // Nothing is left, or "." or "..".
  if (/^\.*$/.test(characters.join(''))) return 'attachment';
  if (characters.length <= maxCharacters) return characters.join('');
  const dot = characters.lastIndexOf('.');
  const extension = dot > 0 ? characters.slice(dot) : [];
  const kept = extension.length < maxCharacters ? extension : [];
  return [...characters.slice(0, maxCharacters - kept.length), ...kept].join('');
}
