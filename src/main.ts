/** The command: reads the configuration, starts the gateway, says where it is, and stops it gently. */

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readConfig } from './config.ts';
import { createGateway } from './gateway.ts';

const shutdownTimeoutMs = 10_000;

const { config, faults } = readConfig(process.env);
if (faults) {
  for (const fault of faults) console.error(fault);
  process.exit(1);
}

const gateway = await createGateway(config, (message, error) => console.error(message, error));
const server = createServer(gateway.listener);

server.once('error', (error: NodeJS.ErrnoException) => {
  const reason =
    error.code === 'EADDRINUSE' ? 'is in use by another program' : `cannot be listened on (${error.code})`;
  console.error(`PORT ${config.PORT} ${reason}.`);
  process.exit(1);
});
server.listen(config.PORT, config.HOST, () => {
  const { port } = server.address() as AddressInfo;
  const host = config.HOST.includes(':') ? `[${config.HOST}]` : config.HOST;
  console.log(`GraphQL and, in a browser, GraphiQL: http://${host}:${port}/graphql`);
  for (const line of gateway.summary) console.log(line);
});

process.once('SIGTERM', stop);
process.once('SIGINT', stop);

/** Takes no new connections, and lets requests and replies in flight finish for as long as the limit allows. */
function stop(): void {
  setTimeout(() => process.exit(0), shutdownTimeoutMs).unref();
  gateway.drain();
  // A connection is idle from the moment its last answer is out; Node would keep it open for seconds more.
  const closeIdle = setInterval(() => server.closeIdleConnections(), 20);
  server.close(async () => {
    clearInterval(closeIdle);
    await gateway.close();
    process.exit(0);
  });
}
