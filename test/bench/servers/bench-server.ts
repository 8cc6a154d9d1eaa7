/** A server of the benchmark: its command, its requests and the check of its responses. */

import type { BenchCase } from '../bench-cases.ts';
import type { LoadRequest } from '../load/load-request.ts';

export interface BenchServer {
  /** As in `--only`. */
  readonly name: string;
  readonly title: string;
  /** Null for the upstream itself, which runs already. */
  readonly process: ServerCommand | null;
  request(benchCase: BenchCase): LoadRequest;
  /** Throws if the response is wrong. */
  check(answer: unknown, benchCase: BenchCase): void;
}

/** The command of a server; its environment also contains `PORT`, `DASHLY_API_URL`, `DASHLY_MAX_CONNECTIONS` and `NODE_ENV`. */
export interface ServerCommand {
  readonly command: readonly [string, ...string[]];
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Answers 200 when the server is ready. */
  readonly readyPath: string;
}
