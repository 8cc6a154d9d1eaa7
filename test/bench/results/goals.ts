/** The goals of the gateway, and whether it reaches them. */

import { mainCase } from '../bench-cases.ts';
import type { Row } from '../measure/summarize.ts';

interface Goal {
  /** Matches the name of the case. */
  readonly case: RegExp;
  readonly text: string;
  /** Whether the compared servers were measured. */
  isKnown?(row: Row, rows: readonly Row[]): boolean;
  isMet(row: Row, rows: readonly Row[]): boolean;
}

const rate = ({ ratios }: Row): number => ratios.requestsPerSecond?.median ?? Number.NaN;
const withoutGraphql = ['bare-proxy', 'by-hand', 'direct', 'pipe'];
const peersOf = (row: Row, rows: readonly Row[]): Row[] =>
  rows.filter((other) => other !== row && !withoutGraphql.includes(other.server));

const goals: readonly Goal[] = [
  { case: new RegExp(`^${mainCase}$`), text: '≥ 0.60 of the proxy', isMet: (row) => rate(row) >= 0.6 },
  { case: new RegExp(`^${mainCase}$`), text: '≥ 0.70 of the proxy', isMet: (row) => rate(row) >= 0.7 },
  {
    case: /^small\/\d+$|^everything$|^error$/,
    text: 'ahead of all with GraphQL',
    isKnown: (row, rows) => peersOf(row, rows).length > 0,
    isMet: (row, rows) => peersOf(row, rows).every((other) => rate(other) < rate(row)),
  },
  {
    case: new RegExp(`^${mainCase}$`),
    text: 'p99 ≤ 1.5 × the proxy',
    isMet: ({ ratios }) => (ratios.p99Ms?.median ?? Number.NaN) <= 1.5,
  },
  { case: /^upload\//, text: '≥ 0.8 of the upstream itself', isMet: (row) => rate(row) >= 0.8 },
];

/** @param rows - All rows of the case. */
export function judge(row: Row, rows: readonly Row[]): string {
  if (row.server !== 'gateway') return '';
  return goals
    .filter((goal) => goal.case.test(row.case) && (goal.isKnown?.(row, rows) ?? true))
    .map((goal) => `${goal.text}: ${goal.isMet(row, rows) ? 'yes' : 'NO'}`)
    .join('; ');
}
