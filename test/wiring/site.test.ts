/** Every path that the gateway serves has a link on the front page, and a row in the table of the documentation. */

import { afterAll, expect, test } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { InFlight } from '../../src/http/in-flight.ts';
import { startSandbox } from '../../src/sandbox/start-sandbox.ts';
import { createTelemetry } from '../../src/telemetry/telemetry.ts';
import { createSite } from '../../src/wiring/site.ts';
import { columnBelow } from '../docs/sections.ts';

const { config, faults } = readConfig({});
if (faults) throw new Error(faults.join('\n'));
const sandbox = await startSandbox();
afterAll(() => sandbox.close());
const telemetry = createTelemetry({
  logStream: { write() {} },
  metricsPort: null,
  host: '',
  otlpEndpoint: null,
  gauges: () => ({ inFlight: 0, queue: 0, connections: 0, clientConnections: 0 }),
});

const { links, pages } = await createSite(config, {
  createContext() {
    throw new Error('No operation is executed.');
  },
  sandbox,
  inFlight: new InFlight(),
  telemetry,
});

/** The router itself has the first three. */
const served = ['/graphql', '/health', '/ready', ...pages.keys()];

test('createLinks in src/http/pages/links.ts has each page, without the files of a page', () => {
  const linked = served.filter((path) => path !== '/' && !path.endsWith('/*'));
  expect(links.map(({ path }) => path).sort()).toEqual(linked.sort());
});

test('the table "Paths" of docs/production.md has each path, unless it belongs to a page', () => {
  const documented = columnBelow('docs/production.md', 'Paths').map((path) => path.replace('…', '*'));
  const expected = served.filter((path) => !(path.endsWith('/*') && served.includes(path.slice(0, -2))));
  expect(documented.sort()).toEqual(expected.sort());
});
