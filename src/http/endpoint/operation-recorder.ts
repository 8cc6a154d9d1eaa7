/** Records what an operation needs for its report and for the headers of its response, besides its result. */

import type { RateLimitPurpose, RateLimitState } from '../../conversation/callers/rate-limit.ts';
import type { ReportedReply } from '../../telemetry/report.ts';
import type { RateLimitStates } from './rate-limit-headers.ts';

export class OperationRecorder {
  readonly #replies: ReportedReply[] = [];
  readonly #rateLimits: Partial<Record<RateLimitPurpose, RateLimitState>> = {};

  /** In the order of their execution. */
  get replies(): readonly ReportedReply[] {
    return this.#replies;
  }

  /** After the latest call for each purpose. */
  get rateLimits(): RateLimitStates {
    return this.#rateLimits;
  }

  addReply(reply: ReportedReply): void {
    this.#replies.push(reply);
  }

  observeRateLimit(purpose: RateLimitPurpose, state: RateLimitState): void {
    this.#rateLimits[purpose] = state;
  }
}
