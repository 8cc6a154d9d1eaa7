/** What a server of the benchmark is: how it is started, asked and checked. */

import type { BenchCase } from './bench-cases.ts';
import type { LoadRequest } from './load-request.ts';

export interface BenchServer {
  /** As `--only` has it. */
  readonly name: string;
  readonly title: string;
  /** Null for the upstream itself, which runs already. */
  readonly process: ServerCommand | null;
  request(benchCase: BenchCase): LoadRequest;
  /** Throws where the answer is not the right one. */
  check(answer: unknown, benchCase: BenchCase): void;
}

/** How to start a server; it gets `PORT`, `DASHLY_API_URL`, `DASHLY_MAX_CONNECTIONS` and `NODE_ENV` as well. */
export interface ServerCommand {
  readonly command: readonly [string, ...string[]];
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Answers 200 when the server is ready. */
  readonly readyPath: string;
}
