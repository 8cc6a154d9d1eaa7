/** Reads the header of one part of `multipart/form-data`. */

import { BadRequest } from '../endpoint/errors.ts';
import { quote } from './file-map.ts';

export interface PartHeader {
  readonly name: string;
  /** As the client gave it, or null where the part is a text and no file. */
  readonly fileName: string | null;
  /** The media type with its parameters as the client declared it, or null if it cannot be sent on. */
  readonly mediaType: string | null;
}

/** `text` is the header without the empty line at its end. @throws BadRequest */
export function parsePartHeader(text: string): PartHeader {
  const fields = parseFields(text);
  refuseEncoded(fields.get('content-transfer-encoding'));
  const parameters = parseDisposition(fields.get('content-disposition') ?? '');
  const name = parameters.get('name');
  const mediaType = fields.get('content-type') ?? '';
  if (name === undefined) {
    throw new BadRequest('A part has no name: its Content-Disposition is missing or malformed.');
  }
  return {
    name: unquote(name),
    fileName:
      decodeExtended(parameters.get('filename*') ?? '') ?? unquoteFileName(parameters.get('filename')),
    mediaType: isMediaType(mediaType) ? mediaType : null,
  };
}

/** Only these leave the bytes as they are. RFC 7578 deprecates all others, so none is decoded. */
function refuseEncoded(encoding = 'binary'): void {
  if (/^(?:7bit|8bit|binary)$/i.test(encoding)) return;
  throw new BadRequest(
    `The Content-Transfer-Encoding of a part must be 7bit, 8bit or binary, but is ${quote(encoding)}.`,
  );
}

/**
 * Whether the type may be sent on with the file: visible ASCII, 255 characters at most, since some servers drop a part with a long
 * header, and no `multipart` type, since others parse the file itself as a multipart body.
 */
function isMediaType(text: string): boolean {
  return /^(?!multipart\/)[\x20-\x7e]{1,255}$/i.test(text);
}

/** The fields by their names in lower case. */
function parseFields(text: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (const line of text.split('\r\n')) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).toLowerCase();
    const isMalformed = colon === -1 || !/^[!#-'*+\-.\w^`|~]+$/.test(name) || /[\r\n]/.test(line);
    if (isMalformed || fields.has(name)) throw new BadRequest('The header of a part is malformed.');
    fields.set(name, line.slice(colon + 1).trim());
  }
  return fields;
}

const knownParameters: readonly string[] = ['name', 'filename', 'filename*'];

/** The raw parameters of `form-data; name="…"; …` without unknown ones; none if it is malformed or has one of them twice. */
function parseDisposition(disposition: string): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>();
  const parameter = /;\s*([!#-'*+\-.\w^`|~]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s";]*))\s*/sy;
  parameter.lastIndex = /^form-data\s*/i.exec(disposition)?.[0].length ?? disposition.length;
  while (parameter.lastIndex < disposition.length) {
    const match = parameter.exec(disposition);
    const key = match?.[1]?.toLowerCase();
    if (!match || !key || parameters.has(key)) return new Map();
    if (knownParameters.includes(key)) parameters.set(key, match[2] ?? match[3] ?? '');
  }
  return parameters;
}

/** Only a quote and a backslash are escaped: an old browser sends the path `C:\dir\file` as it is. */
function unquote(text: string): string {
  return text.replace(/\\(["\\])/g, '$1');
}

/** Browsers escape a quote and the two characters of a line break in the name of a file, and no other. */
function unquoteFileName(text: string | undefined): string | null {
  return text === undefined ? null : unquote(text).replace(/%(?:22|0D|0A)/gi, decodeURIComponent);
}

/** `UTF-8''na%C3%AFve.txt` of RFC 5987; null where it is not of that form. */
function decodeExtended(text: string): string | null {
  const encoded = /^utf-8'[^']*'(.*)$/i.exec(text)?.[1];
  try {
    return encoded === undefined ? null : decodeURIComponent(encoded);
  } catch {
    return null;
  }
}
