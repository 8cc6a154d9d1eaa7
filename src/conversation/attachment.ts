/** A file that goes along with a reply: on its way here, and whole. */

import { attachmentFileNameMaxLength } from './reply-limits.ts';

/** What a file consists of, once it is here to its last byte. */
export interface FileContent {
  /** The declared media type with its parameters, such as `text/csv; charset=utf-8`. */
  readonly mediaType: string;
  /** In bytes. */
  readonly size: number;
  /** The bytes from the first on, each chunk of which is good until the next is asked for; may be called more than once. */
  open(): AsyncIterable<Uint8Array>;
}

/** How the arrival of a file ends, unless its request turns out to be broken. `name` may be a path. */
export type FileArrival =
  | { readonly kind: 'arrived'; readonly name: string; readonly content: FileContent }
  | { readonly kind: 'tooBig'; readonly maxBytes: number };

/** A file that the caller may still be sending. */
export interface ArrivingFile {
  /** Rejects where the caller's request is broken, so that there is no whole file. */
  readonly arrival: Promise<FileArrival>;
}

/** A file as it goes along with a reply. */
export interface OutgoingFile {
  /** 1 to 255 characters. */
  readonly fileName: string;
  readonly content: FileContent;
}

/** The last part of a path, without control characters, and cut to `maxCharacters` with its extension kept. */
export function fileNameFrom(name: string, maxCharacters = attachmentFileNameMaxLength): string {
  const base = name.slice(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1);
  const characters = [
    ...base
      .toWellFormed()
      .replace(/\p{Cc}/gu, '')
      .trim(),
  ];
  if (/^\.*$/.test(characters.join(''))) return 'attachment'; // Nothing is left, or "." or "..".
  if (characters.length <= maxCharacters) return characters.join('');
  const dot = characters.lastIndexOf('.');
  const extension = dot > 0 ? characters.slice(dot) : [];
  // What comes after the dot is an extension only where it is short enough to be kept.
  const kept = extension.length < maxCharacters ? extension : [];
  return [...characters.slice(0, maxCharacters - kept.length), ...kept].join('');
}
