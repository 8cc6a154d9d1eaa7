/** The multipart form of a reply with a file: its parts, its exact length, and how the file is read. */

import { buffer } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import type { FileContent, OutgoingFile } from '../../src/conversation/attachment.ts';
import type { Connection } from '../../src/dashly/connections/connection.ts';
import { encodeMultipart, type MultipartBody } from '../../src/dashly/encode-multipart.ts';
import type { FormFields } from '../../src/dashly/encode-urlencoded.ts';

interface TrackedContent extends FileContent {
  readonly opened: () => number;
  readonly closed: () => number;
}

function contentOf(chunks: readonly (string | Buffer)[], mediaType = 'text/plain'): TrackedContent {
  let opened = 0;
  let closed = 0;
  const buffers = chunks.map((chunk) => Buffer.from(chunk));
  return {
    mediaType,
    size: Buffer.concat(buffers).length,
    opened: () => opened,
    closed: () => closed,
    async *open() {
      opened++;
      try {
        yield* buffers;
      } finally {
        closed++;
      }
    },
  };
}

const connection = { flush: async () => {} };

function encode(
  fields: FormFields,
  file: OutgoingFile,
  to: Pick<Connection, 'flush'> = connection,
): MultipartBody {
  return encodeMultipart(fields, file, to);
}

const fields: FormFields = [
  ['id_as_string', 'true'],
  ['body', 'Line\r\n"two" 🎉\u0000&='],
  ['body', ''],
];

/** Parsed by an independent parser. */
async function read({ contentType, body }: MultipartBody): Promise<[string, FormDataEntryValue][]> {
  const bytes = await buffer(body);
  return [...(await new Response(bytes, { headers: { 'content-type': contentType } }).formData())];
}

describe('a form', () => {
  test('contains the fields in order, the name, then the file', async () => {
    const content = contentOf(['a\r\n', 'b'], 'text/csv; charset=utf-8');
    const [first, second, third, name, [, file] = []] = await read(
      encode(fields, { fileName: 'a.csv', content }),
    );
    expect([first, second, third, name]).toEqual([...fields, ['attachment_file_name', 'a.csv']]);
    if (!(file instanceof File)) return expect.unreachable();
    expect({ name: file.name, type: file.type, text: await file.text() }).toEqual({
      name: 'a.csv',
      type: expect.stringMatching(/^text\/csv; ?charset=utf-8$/),
      text: 'a\r\nb',
    });
  });

  test.each<[name: string, chunks: (string | Buffer)[]]>([
    ['nothing', []],
    ['an empty chunk', ['']],
    ['one byte', ['a']],
    ['characters of several bytes', ['🎉é', '\u0000']],
    ['many chunks', Array.from({ length: 500 }, (_, index) => Buffer.alloc(index, index))],
    ['a large chunk', [Buffer.alloc(3_000_000, 7)]],
  ])('has the announced length: %s', async (_name, chunks) => {
    const encoded = encode([...fields, ['x', '🎉']], {
      fileName: 'é🎉".txt',
      content: contentOf(chunks),
    });
    const bytes = await buffer(encoded.body);
    expect(bytes.length).toBe(encoded.contentLength);
    expect(bytes.includes(Buffer.concat(chunks.map((chunk) => Buffer.from(chunk))))).toBe(true);
  });

  test.each<[fileName: string, inHeader: string]>([
    ['a.txt', 'a.txt'],
    ['.profile', '.profile'],
    ['🎉 отчёт.txt', '🎉 отчёт.txt'],
    ["it's (1) + [2], a=b @ #3!.txt", "it's (1) + [2], a=b @ #3!.txt"],
    ['say "hi".txt', 'say _hi_.txt'],
    ['100%22 &amp; 50%.txt', '100_22 _amp_ 50_.txt'],
    ["a'; filename*=x", "a'_ filename*=x"],
    ['a\u2028b\u200bc\ue000d\u00ade.txt', 'a_b_c_d_e.txt'],
    ['a\ud800b.txt', 'a\ufffdb.txt'],
    ['a\r\nX: 1\r\n\r\nb', 'aX: 1b'],
    ['dir/a.txt', 'a.txt'],
    ['dir\\a.txt', 'a.txt'],
    ['x/', 'attachment'],
    ['a\\', 'attachment'],
    ['\t', 'attachment'],
    ['.', 'attachment'],
    ['..', 'attachment'],
    ['"', '_'],
    ['отчёт', '_отчёт'],
    ['🎉.', '_🎉.'],
    ['x'.repeat(255), 'x'.repeat(255)],
    [`${'é'.repeat(126)}.txt`, `${'é'.repeat(59)}.txt`],
    [`${'🎉'.repeat(251)}.png`, `${'🎉'.repeat(59)}.png`],
  ])('has a safe name in the header and the exact one in its field: %j', async (fileName, inHeader) => {
    const text = (await buffer(encode([], { fileName, content: contentOf(['x']) }).body)).toString();
    expect(text).toContain(
      `name="attachment"; filename="${inHeader}"\r\nContent-Type: text/plain\r\n\r\nx\r\n--`,
    );
    expect(text).toContain(`name="attachment_file_name"\r\n\r\n${fileName.toWellFormed()}\r\n--`);
  });

  test('has a unique, valid boundary', () => {
    const boundaries = Array.from(
      { length: 50 },
      () => encode([], { fileName: 'a', content: contentOf([]) }).contentType.split('boundary=')[1] ?? '',
    );
    expect(new Set(boundaries).size).toBe(50);
    for (const boundary of boundaries) expect(boundary).toMatch(/^[\w-]{20,70}$/);
  });
});

describe('the file', () => {
  test('is not opened before it is read', async () => {
    const content = contentOf(['x']);
    const { body } = encode(fields, { fileName: 'a', content });
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(content.opened()).toBe(0);
    await body[Symbol.asyncIterator]().return?.();
    expect(content.opened()).toBe(0);
  });

  test('is closed if sending is aborted', async () => {
    const content = contentOf(Array.from({ length: 100 }, () => Buffer.alloc(65_536)));
    const { body } = encode(fields, { fileName: 'a', content });
    let bytes = 0;
    for await (const chunk of body) {
      bytes += chunk.length;
      if (bytes > 200_000) break;
    }
    expect({ opened: content.opened(), closed: content.closed() }).toEqual({ opened: 1, closed: 1 });
  });

  test('is not read further until the last chunk is flushed', async () => {
    const memory = Buffer.from('abc');
    let isOut = false;
    const content: FileContent = {
      mediaType: 'text/plain',
      size: 6,
      async *open() {
        yield memory;
        expect(isOut).toBe(true);
        yield memory.fill('def');
      },
    };
    const flush = async () => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      isOut = true;
    };
    const pieces: string[] = [];
    for await (const chunk of encode([], { fileName: 'a', content }, { flush }).body) {
      pieces.push(chunk.toString());
    }
    expect(pieces.slice(1, -1)).toEqual(['abc', 'def']);
  });

  test('can be sent again from its start', async () => {
    const content = contentOf(['abc', 'def']);
    for (const times of [1, 2, 3]) {
      const bytes = await buffer(encode([], { fileName: 'a', content }).body);
      expect(bytes.toString()).toContain('\r\n\r\nabcdef\r\n--');
      expect(content.closed()).toBe(times);
    }
  });

  test('that cannot be read makes the form fail', async () => {
    const content: FileContent = {
      mediaType: 'text/plain',
      size: 6,
      async *open() {
        yield Buffer.from('abc');
        throw new Error('The disk is gone.');
      },
    };
    await expect(buffer(encode([], { fileName: 'a', content }).body)).rejects.toThrow('The disk is gone.');
  });
});
