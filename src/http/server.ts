/** The HTTP server: limits the number and duration of connections, and stops gracefully. */

import { once } from 'node:events';
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import { type AddressInfo, Server as NetServer, type Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';

export interface ServerOptions {
  readonly port: number;
  readonly host: string;
  /** Further connections are closed immediately. */
  readonly maxConnections: number;
  /** How long a connection stays open after a response, in milliseconds. */
  readonly keepAliveTimeoutMs: number;
}

export interface Listening {
  readonly port: number;
  /** How many connections are open. */
  connections(): number;
  /** From now on each response closes its connection, so that a proxy keeps none on which it could send when the server stops. */
  drain(): void;
  /**
   * Stops accepting connections, closes idle ones and answers every request that was read. Resolves when all responses are flushed.
   * It can be called again.
   */
  stop(): Promise<void>;
}

/** For a whole request: enough for a large file over a slow network. */
const requestTimeoutMs = 300_000;
const headersTimeoutMs = 30_000;
/** How often Node checks these two. */
const checkIntervalMs = 5_000;

/** If no byte of a response drains for 15 seconds (three checks in a row), its connection is closed. */
const drainCheckMs = 5_000;
const drainChecks = 3;

/** How many requests may wait for an earlier one on their connection: per connection, and in total. */
const maxPipelined = { onOne: 8, onAll: 256 };

/** How often a half-closed connection is checked for a client that has disconnected. */
const probeIntervalMs = 250;

/** When the server stops, the first request of a new connection may be on its way; in milliseconds. */
const firstRequestMs = 500;

/** A turn of the event loop without work takes less, in milliseconds. */
const shortTurnMs = 0.03;

/** A busy event loop may have no such turn. */
const maxTurns = 1_000;

/** When the server stops, an incomplete request may continue if it arrives at least this fast. */
const minBytesPerSecond = 4 * 1024;

/** Rejects with Node's own error, such as `EADDRINUSE`, if it cannot listen. */
export async function listen(listener: RequestListener, options: ServerOptions): Promise<Listening> {
  const server = createServer({
    requestTimeout: requestTimeoutMs,
    headersTimeout: headersTimeoutMs,
    connectionsCheckingInterval: checkIntervalMs,
    keepAliveTimeout: options.keepAliveTimeoutMs,
  });
  server.maxConnections = options.maxConnections;
  allowHalfOpen(server);
  const connections = new Map<Socket, Connection>();
  const pipelined: Pipelined = { count: 0 };
  let isDraining = false;
  let stopped: Promise<void> | null = null;

  server.on('connection', (socket) => {
    const connection = new Connection(socket, listener, pipelined, options.keepAliveTimeoutMs);
    if (isDraining) connection.drain();
    connections.set(socket, connection);
    socket.once('close', () => connections.delete(socket));
  });
  server.on('request', (request, response) => connections.get(request.socket)?.add(request, response));
  // The handler that reads the body sends "100 Continue", so that a refusal does not ask for it.
  server.on('checkContinue', (request, response) => server.emit('request', request, response));
  server.setTimeout(drainCheckMs, (socket) => connections.get(socket)?.onSilence());
  server.listen(options.port, options.host);
  await once(server, 'listening');

  async function stop(): Promise<void> {
    await acceptPending();
    const closed = once(server, 'close');
    // http.Server.close() would also destroy connections whose response has ended but is not flushed.
    NetServer.prototype.close.call(server);
    for (const connection of connections.values()) connection.stop();
    await closed;
    // Clears the timer for `headersTimeout` and `requestTimeout`.
    server.close();
  }

  return {
    port: (server.address() as AddressInfo).port,
    connections: () => connections.size,
    drain() {
      isDraining = true;
      for (const connection of connections.values()) connection.drain();
    },
    stop() {
      stopped ??= stop();
      return stopped;
    },
  };
}

/**
 * Waits for a short turn of the event loop: pending connections are accepted by then. Connections that only the operating system has
 * accepted are reset when the server stops listening: with 2,000 new ones a second, 5 in 100 stops instead of 270.
 */
async function acceptPending(): Promise<void> {
  // The current turn may be past accepting.
  await nextTurn();
  for (let turn = 0; turn < maxTurns; turn++) {
    const start = performance.now();
    await nextTurn();
    if (performance.now() - start < shortTurnMs) return;
  }
}

/** A client may close its sending half after its request (`nc -N`) and still read the response. Node's types lack the property. */
function allowHalfOpen(server: Server & { httpAllowHalfOpen?: boolean }): void {
  server.httpAllowHalfOpen = true;
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** Counts the waiting requests of all connections. */
interface Pipelined {
  count: number;
}

/** Handles the requests of one connection one at a time. */
class Connection {
  readonly #socket: Socket;
  readonly #listener: RequestListener;
  readonly #pipelined: Pipelined;
  readonly #keepAliveTimeoutMs: number;
  /** The request in progress; null if there is none. */
  #current: Exchange | null = null;
  #waiting: Exchange[] = [];
  /** Before the first request, Node applies `headersTimeout` and not `keepAliveTimeout`. */
  #isUnused = true;
  /** When the last response was flushed, by `performance.now()`. */
  #idleSince = 0;
  /** How many checks in a row found nothing drained, and the time of the last one. */
  #silences = 0;
  #silentAt = 0;
  /** Set when the server drains or stops. */
  #isClosing = false;
  #isStopping = false;

  constructor(socket: Socket, listener: RequestListener, pipelined: Pipelined, keepAliveTimeoutMs: number) {
    this.#socket = socket;
    this.#listener = listener;
    this.#pipelined = pipelined;
    this.#keepAliveTimeoutMs = keepAliveTimeoutMs;
    socket.once('end', () => this.#probe());
    socket.once('close', () => {
      pipelined.count -= this.#waiting.length;
      this.#waiting = [];
    });
  }

  add(request: IncomingMessage, response: ServerResponse): void {
    this.#isUnused = false;
    if (!this.#current) this.#start({ request, response });
    else if (this.#waiting.length < maxPipelined.onOne && this.#pipelined.count < maxPipelined.onAll) {
      this.#waiting.push({ request, response });
      this.#pipelined.count++;
    }
    // Node keeps each further request in memory, even if it is never answered.
    else this.#socket.destroy();
  }

  /** Nothing was received or drained for `drainCheckMs`, or the connection was idle for the keep-alive timeout. */
  onSilence(): void {
    const isAnswering = this.#current !== null || this.#isUnused;
    if (isAnswering) {
      if (this.#isStuck()) this.#socket.destroy();
      else this.#socket.setTimeout(drainCheckMs);
    }
    // A timer of Node can still fire in the turn of the event loop that sent the response and replaced the time limit.
    else if (performance.now() - this.#idleSince >= this.#keepAliveTimeoutMs) this.#socket.destroy();
  }

  #isStuck(): boolean {
    if (this.#socket.writableLength === 0) return false;
    const now = performance.now();
    // Node skips a check if something has drained.
    const isInARow = now - this.#silentAt < 1.5 * drainCheckMs;
    this.#silentAt = now;
    this.#silences = isInARow ? this.#silences + 1 : 1;
    return this.#silences >= drainChecks;
  }

  /** The connection closes after the current request, or the next one. */
  drain(): void {
    this.#isClosing = true;
    if (this.#current) this.#announceClose(this.#current);
  }

  stop(): void {
    this.#isStopping = true;
    this.drain();
    if (this.#current) this.#expectProgress(this.#current.request);
    else if (this.#isUnused) this.#expectFirstRequest();
    else this.#socket.destroySoon();
  }

  /** A request that arrives is answered, and its connection closed. */
  #expectFirstRequest(): void {
    const timer = setTimeout(() => {
      if (!this.#current) this.#socket.destroySoon();
    }, firstRequestMs);
    this.#socket.once('close', () => clearTimeout(timer));
  }

  #start(exchange: Exchange): void {
    this.#current = exchange;
    exchange.response.on('close', () => this.#next());
    this.#announceClose(exchange);
    if (this.#isStopping) this.#expectProgress(exchange.request);
    this.#listener(exchange.request, exchange.response);
  }

  /** Runs when the response is flushed, or the connection is lost. */
  #next(): void {
    this.#current = null;
    this.#idleSince = performance.now();
    if (this.#socket.destroyed) return;
    const next = this.#waiting.shift();
    if (next) {
      this.#pipelined.count--;
      this.#start(next);
    } else if (this.#isClosing) this.#socket.destroySoon();
  }

  /** Tells the client in the last response that the connection closes after it. */
  #announceClose({ response }: Exchange): void {
    const isLast = this.#isClosing && this.#waiting.length === 0;
    if (isLast && !response.headersSent) response.setHeader('connection', 'close');
  }

  /**
   * Runs when the client has closed its sending half. Writes reveal whether it has closed the whole connection: the first write
   * causes a reset, and the second one fails.
   */
  #probe(): void {
    const probe = (): void => {
      const { request, response } = this.#current ?? {};
      if (response && !response.headersSent && request?.httpVersion === '1.1') response.writeProcessing();
    };
    probe();
    const timer = setInterval(probe, probeIntervalMs);
    this.#socket.once('close', () => clearInterval(timer));
  }

  /** Closes the connection of a client that stops sending its request while the server stops. */
  #expectProgress(request: IncomingMessage): void {
    if (request.complete) return;
    let { bytesRead } = this.#socket;
    const timer = setInterval(() => {
      const received = this.#socket.bytesRead - bytesRead;
      bytesRead = this.#socket.bytesRead;
      if (request.complete) clearInterval(timer);
      else if (received < minBytesPerSecond) this.#socket.destroy();
    }, 1_000);
    this.#socket.once('close', () => clearInterval(timer));
  }
}
