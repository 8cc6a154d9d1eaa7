/** Parses the header of one part of `multipart/form-data`. */

import { BadRequest } from '../endpoint/errors.ts';
import { quote } from './file-map.ts';

export interface PartHeader {
  readonly name: string;
  /** As the client sent it; null if the part is a text field. */
  readonly fileName: string | null;
  /** The media type with its parameters as the client sent it; null if it cannot be forwarded. */
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

/** Only these encodings keep the bytes unchanged. RFC 7578 deprecates all others, so none is decoded. */
function refuseEncoded(encoding = 'binary'): void {
  if (/^(?:7bit|8bit|binary)$/i.test(encoding)) return;
  throw new BadRequest(
    `The Content-Transfer-Encoding of a part must be 7bit, 8bit or binary, but is ${quote(encoding)}.`,
  );
}

/**
 * Whether the type can be forwarded: visible ASCII; at most 255 characters, since some servers drop a part with a long header; and no
 * `multipart` type, since some servers would parse the file as a multipart body.
 */
function isMediaType(text: string): boolean {
  return /^(?!multipart\/)[\x20-\x7e]{1,255}$/i.test(text);
}

/** Returns the fields by name in lower case. */
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

/** Returns the known raw parameters of `form-data; name="…"; …`; none if it is malformed or has a duplicate. */
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

/** Only quotes and backslashes are escaped: old browsers send the path `C:\dir\file` unescaped. */
function unquote(text: string): string {
  return text.replace(/\\(["\\])/g, '$1');
}

/** Browsers percent-encode only quotes and line breaks in file names. */
function unquoteFileName(text: string | undefined): string | null {
  return text === undefined ? null : unquote(text).replace(/%(?:22|0D|0A)/gi, decodeURIComponent);
}

/** Decodes `UTF-8''na%C3%AFve.txt` (RFC 5987); returns null if it has another form. */
function decodeExtended(text: string): string | null {
  const encoded = /^utf-8'[^']*'(.*)$/i.exec(text)?.[1];
  try {
    return encoded === undefined ? null : decodeURIComponent(encoded);
  } catch {
    return null;
  }
}
