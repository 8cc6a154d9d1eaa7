/** Chooses how to read a body by what it says it is. */

import { MalformedBody } from '../malformed-body.ts';
import { decodeUtf8 } from './decode-utf8.ts';
import { type MultipartForm, parseMultipart } from './parse-multipart.ts';
import { maxFields, parseUrlencoded } from './parse-urlencoded.ts';

/**
 * The fields and files of a body. Takes the two encodings that Dashly documents (JSON is not among them),
 * and an empty body of no type at all, since every parameter may travel in the query string.
 * Throws `MalformedBody` for another type and for a body that is not what it says.
 */
export function readForm(contentType: string | null, body: Buffer): MultipartForm {
  if (contentType === null) {
    if (body.length === 0) return { fields: [], files: [] };
    throw new MalformedBody('The body has no Content-Type.');
  }
  const mediaType = contentType.split(';', 1)[0]?.trim().toLowerCase();
  if (mediaType === 'application/x-www-form-urlencoded') {
    const charset = readParameter(contentType, 'charset') ?? 'utf-8';
    if (!/^utf-?8$/i.test(charset)) throw new MalformedBody('A form has to be UTF-8.');
    return { fields: parseUrlencoded(decodeUtf8(body, 'The form')), files: [] };
  }
  if (mediaType === 'multipart/form-data') {
    const boundary = readParameter(contentType, 'boundary');
    if (boundary === undefined || boundary.length > 70) {
      throw new MalformedBody('A multipart body needs a boundary of 1 to 70 characters.');
    }
    const form = parseMultipart(body, boundary);
    if (form.fields.length + form.files.length > maxFields) {
      throw new MalformedBody(`The form has more than ${maxFields} fields.`);
    }
    return form;
  }
  throw new MalformedBody('The body has to be application/x-www-form-urlencoded or multipart/form-data.');
}

function readParameter(contentType: string, name: string): string | undefined {
  const [, quoted, bare] = new RegExp(`;\\s*${name}=(?:"([^"]+)"|([^\\s";]+))`, 'i').exec(contentType) ?? [];
  return quoted ?? bare;
}
