/** Serves the files of GraphiQL that `npm run build:graphiql` wrote. Browsers cache them permanently. */

import { readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { pathOf } from '../path-of.ts';
import { sendError } from '../respond.ts';

export interface GraphiQLAssets {
  /** File names: the entry script, the modules that it imports, the style sheets, and the icon. */
  readonly script: string;
  readonly modules: readonly string[];
  readonly styles: readonly string[];
  readonly icon: string;
  /** Answers a path below `assetsPath` with that file, or with a 404. */
  readonly send: (req: IncomingMessage, res: ServerResponse) => Promise<void>;
}

/** An entry of Vite's manifest. */
interface Chunk {
  readonly file: string;
  readonly imports?: readonly string[];
  readonly css?: readonly string[];
}

/** The prefix of their paths. */
export const assetsPath = '/graphql/assets/';

/** The path is the same from `src/` and from `dist/`. */
const builtFolder = new URL('../../../dist/graphiql/', import.meta.url);

const types: Readonly<Record<string, string>> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
  ttf: 'font/ttf',
  woff2: 'font/woff2',
};

type Encoding = 'br' | 'gzip' | 'identity';

const compress: Readonly<Record<Encoding, (bytes: Buffer) => Promise<Buffer>>> = {
  // The highest qualities take seconds and save only a tenth.
  br: (bytes) => promisify(brotliCompress)(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 6 } }),
  gzip: (bytes) => promisify(gzip)(bytes),
  identity: (bytes) => Promise.resolve(bytes),
};

/** Returns null if GraphiQL is not built. */
export function loadGraphiQLAssets(folder: URL = builtFolder): GraphiQLAssets | null {
  const manifest = readManifest(new URL('manifest.json', folder));
  const entry = manifest?.['main.tsx'];
  if (!manifest || !entry) return null;
  const modules = importedBy(entry, manifest);
  const nameOf = (path: string) => path.replace(/^.*\//, '');
  const names = new Set(readdirSync(new URL('assets/', folder)));
  // Files stay in memory, at most about 10 MB: with a buffer for each response, clients that do not read could hold gigabytes.
  const files = new Map<string, Promise<Buffer>>();

  function bytesOf(name: string, encoding: Encoding): Promise<Buffer> {
    const key = `${encoding} ${name}`;
    const known = files.get(key);
    if (known) return known;
    const bytes = readFile(new URL(`assets/${name}`, folder)).then(compress[encoding]);
    files.set(key, bytes);
    bytes.catch(() => files.delete(key));
    return bytes;
  }

  return {
    script: nameOf(entry.file),
    modules: modules.map(({ file }) => nameOf(file)),
    styles: [entry, ...modules].flatMap(({ css = [] }) => css.map(nameOf)),
    icon: [...names].find((name) => name.endsWith('.svg')) ?? '',
    async send(req, res) {
      const name = pathOf(req).slice(assetsPath.length);
      if (!names.has(name)) return sendError(req, res, 404, 'GraphiQL has no such file.');
      if (req.method !== 'GET' && req.method !== 'HEAD') {
        res.setHeader('allow', 'GET, HEAD');
        return sendError(req, res, 405, 'Method not allowed; use GET.');
      }
      const ending = name.replace(/^.*\./, '');
      const encoding = ending === 'woff2' ? 'identity' : encodingFor(req.headers['accept-encoding']);
      const bytes = await bytesOf(name, encoding);
      res.writeHead(200, {
        'content-type': types[ending] ?? 'application/octet-stream',
        'content-length': bytes.length,
        ...(encoding === 'identity' ? {} : { 'content-encoding': encoding }),
        vary: 'accept-encoding',
        // The name contains a hash of the content.
        'cache-control': 'public, max-age=31536000, immutable',
        'cross-origin-resource-policy': 'same-origin',
        // For workers, which do not inherit the policy of the page.
        'content-security-policy': "default-src 'none'; script-src 'self'",
      });
      res.end(bytes);
    },
  };
}

function readManifest(url: URL): Readonly<Record<string, Chunk>> | null {
  try {
    return JSON.parse(readFileSync(url, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** All chunks that the entry imports, directly or indirectly. */
function importedBy(entry: Chunk, manifest: Readonly<Record<string, Chunk>>): readonly Chunk[] {
  const found = new Set<Chunk>();
  const add = (chunk: Chunk) => {
    for (const key of chunk.imports ?? []) {
      const imported = manifest[key];
      if (!imported || imported === entry || found.has(imported)) continue;
      found.add(imported);
      add(imported);
    }
  };
  add(entry);
  return [...found];
}

function encodingFor(accepted: string | string[] | undefined): Encoding {
  const ranges = String(accepted ?? '')
    .toLowerCase()
    .split(',')
    .map((range) => range.split(';').map((part) => part.trim()));
  const accepts = (name: string) =>
    ranges.some(([coding, weight = 'q=1']) => coding === name && !/^q=0(?:\.0*)?$/.test(weight));
  return accepts('br') ? 'br' : accepts('gzip') ? 'gzip' : 'identity';
}
