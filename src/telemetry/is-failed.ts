/** Whether an operation failed in a way that is not its caller's doing. */

import type { OperationReport } from '../http/operation-report.ts';
import { deliveryOf } from './delivery-of.ts';

/** After a 5xx, or where nobody knows whether a reply exists. */
export function isFailed({ status, replies }: OperationReport): boolean {
  if (status !== null && status >= 500) return true;
  return replies.some(({ outcome }) => deliveryOf(outcome) === 'UNKNOWN');
}
