/** The paths `/health` and `/ready`, for load balancers and orchestrators. */

import type { ServerResponse } from 'node:http';

/** The process is alive. Dashly and Redis have no part in it, so that their outage restarts no process. */
export function sendHealth(res: ServerResponse): void {
  sendStatus(res, 200, 'alive');
}

/** 503 while the gateway stops, and, with `READY_REQUIRES_REDIS`, while Redis is unreachable; else 200. */
export function sendReadiness(res: ServerResponse, isReady: boolean): void {
  sendStatus(res, isReady ? 200 : 503, isReady ? 'ready' : 'not ready');
}

function sendStatus(res: ServerResponse, status: number, text: string): void {
  res.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' });
  res.end(`${text}\n`);
}
