/** Reads the header of one part of `multipart/form-data`. */

import { BadRequest } from './bad-request.ts';

export interface PartHeader {
  readonly name: string;
  /** As the client gave it, or null where the part is a text and no file. */
  readonly fileName: string | null;
  /** The media type with its parameters, as it was declared. */
  readonly mediaType: string | null;
}

/** `text` is the header without the empty line at its end. @throws BadRequest */
export function parsePartHeader(text: string): PartHeader {
  const fields = parseFields(text);
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

/** Only what may stand in a header again, when the file is sent on. */
function isMediaType(text: string): boolean {
  return /^[\x20-\x7e]+$/.test(text);
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

/** The raw parameters of `form-data; name="…"; …`; none where it is malformed or has one of them twice. */
function parseDisposition(disposition: string): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>();
  const parameter = /;\s*([a-z]+\*?)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s";]*))\s*/isy;
  parameter.lastIndex = /^form-data\s*/i.exec(disposition)?.[0].length ?? disposition.length;
  while (parameter.lastIndex < disposition.length) {
    const match = parameter.exec(disposition);
    const key = match?.[1]?.toLowerCase();
    if (!match || !key || parameters.has(key)) return new Map();
    parameters.set(key, match[2] ?? match[3] ?? '');
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
