/** A page of another origin than the gateway's, with the real clients bundled as a frontend bundles them. */

import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { startSite } from '../support/gateway/start-site.ts';

/** The bundle of a script, as a text. */
export async function bundle(script: string): Promise<string> {
  const input = fileURLToPath(new URL(script, import.meta.url));
  const options = { write: false, rolldownOptions: { input } };
  const output = await build({ configFile: false, logLevel: 'error', build: options });
  const [built] = Array.isArray(output) ? output : [output];
  if (!built || !('output' in built)) throw new Error('Nothing was built.');
  return built.output[0].code;
}

/** Serves a page with a file input that runs the script. Resolves to the origin; stops at the end of the test. */
export function startPage(script: string): Promise<string> {
  return startSite(({ url }, res) => {
    if (url === '/page.js') res.writeHead(200, { 'content-type': 'text/javascript' }).end(script);
    else {
      res.writeHead(200, { 'content-type': 'text/html' });
      res.end(
        '<!doctype html><title>A shop</title><input type="file"><script type="module" src="/page.js"></script>',
      );
    }
  });
}
