/** The command `npm run supergraph`: a federated graph of this gateway and another subgraph, behind a router. */

import { type Config, readConfig } from '../../src/config.ts';
import { createGateway } from '../../src/gateway.ts';
import { createSubgraph } from '../../src/graphql/federation.ts';
import { schema } from '../../src/graphql/schema.ts';
import { freePort } from '../support/free-port.ts';
import { composeOrThrow } from './compose.ts';
import type { Router } from './router.ts';
import type { Subgraph } from './subgraph.ts';
import { startTitles } from './titles.ts';

/** The parts to stop, in the order of their start. */
const running: (() => Promise<void> | void)[] = [];
let isStopping = false;

async function stop(): Promise<void> {
  if (isStopping) return;
  isStopping = true;
  // The router first, so that it never serves an incomplete graph.
  for (const end of running.reverse()) await end();
  process.exit(0);
}

/** A new gateway, or the one at `DASHLY_SUBGRAPH_URL`. */
async function startDashly(config: Config): Promise<Subgraph> {
  const { sdl } = createSubgraph(schema, config.TYPE_PREFIX);
  const { DASHLY_SUBGRAPH_URL: url } = process.env;
  if (url) return { name: 'dashly', url, sdl };
  const gateway = await createGateway(config);
  running.push(() => gateway.stop());
  return { name: 'dashly', url: `http://127.0.0.1:${await gateway.listen(0, '127.0.0.1')}/graphql`, sdl };
}

async function startRouter(subgraphs: readonly Subgraph[], port: number): Promise<Router> {
  if (process.env['ROUTER'] !== 'apollo') {
    const { startHiveGateway } = await import('./hive-gateway.ts');
    return startHiveGateway(composeOrThrow('@theguild/federation-composition', subgraphs), port);
  }
  // Without these variables its packages would contact their vendor, and detect the cloud.
  process.env['APOLLO_TELEMETRY_DISABLED'] = 'true';
  process.env['METADATA_SERVER_DETECTION'] = 'none';
  const { startApolloGateway } = await import('./apollo-gateway.ts');
  return startApolloGateway(composeOrThrow('@apollo/composition', subgraphs), port);
}

async function start(config: Config): Promise<void> {
  const { TYPE_PREFIX: prefix, PORT } = config;
  const dashly = await startDashly(config);
  const titles = await startTitles(prefix);
  running.push(titles.close);
  const router = await startRouter([dashly, titles], PORT || (await freePort()));
  running.push(router.stop);
  console.log(`A federated graph, in a browser with an explorer: ${router.url}
Subgraphs: dashly at ${dashly.url}, titles at ${titles.url}
A reply whose conversation gets its title from the other subgraph:

curl ${router.url} -H 'Content-Type: application/json' -H 'Authorization: Token sandbox' -d '{
  "query": "mutation { replyToConversation(input: { conversationId: \\"1\\", body: \\"Hello\\" }) { __typename ... on ${prefix}ReplyToConversationPayload { part { body conversation { id title } } } } }"
}'`);
}

process.on('SIGINT', stop);
process.on('SIGTERM', stop);

const { config, faults } = readConfig(process.env);
if (faults) {
  for (const fault of faults) console.error(fault);
  process.exitCode = 1;
} else {
  await start(config).catch((error: unknown) => {
    console.error(error);
    process.exit(1);
  });
}
