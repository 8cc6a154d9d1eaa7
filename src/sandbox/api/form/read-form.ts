/** Reads a request's body, and parses it as the form that its content type names. */
import type { IncomingMessage } from 'node:http';
import { decodeUtf8, MalformedBody } from './decode-utf8.ts';
import { type Form, parseMultipart } from './parse-multipart.ts';
import { maxFields, parseUrlencoded } from './parse-urlencoded.ts';

/**
 * The whole body, or null if it is longer than `maxBytes`. A longer body is read to its end and discarded,
 * because a client that is still sending may miss an early response.
 * Rejects if the client closes the connection.
 */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer | null> {
  let chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= maxBytes) chunks.push(chunk);
    else chunks = [];
  }
  return size <= maxBytes ? Buffer.concat(chunks) : null;
}

/**
 * Parses the two encodings that Dashly documents (JSON is not one of them). An empty body needs no type,
 * since every parameter may be in the query string.
 * Throws `MalformedBody` for any other type, and for a body that does not match its type.
 */
export function readForm(contentType: string | null, body: Buffer): Form {
  if (contentType === null) {
    if (body.length === 0) return { fields: [], files: [] };
    throw new MalformedBody('The body has no Content-Type.');
  }
  const mediaType = contentType.split(';', 1)[0]?.trim().toLowerCase();
  if (mediaType === 'application/x-www-form-urlencoded') {
    const charset = readParameter(contentType, 'charset') ?? 'utf-8';
    if (!/^utf-?8$/i.test(charset)) throw new MalformedBody('The charset of a form must be UTF-8.');
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
  throw new MalformedBody('The body must be application/x-www-form-urlencoded or multipart/form-data.');
}

function readParameter(contentType: string, name: string): string | undefined {
  const [, quoted, bare] = new RegExp(`;\\s*${name}=(?:"([^"]+)"|([^\\s";]+))`, 'i').exec(contentType) ?? [];
  return quoted ?? bare;
}
