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

/** Throughput as a part of the baseline. */
const atLeast = (name: string, least: number): Goal => ({
  case: new RegExp(`^${name}$`),
  text: `≥ ${least.toFixed(2)} of the baseline`,
  isMet: (row) => rate(row) >= least,
});

const goals: readonly Goal[] = [
  atLeast('small/32', 0.65),
  atLeast('small/256', 0.5),
  atLeast('everything', 0.42),
  atLeast('upload/100kB', 0.55),
  atLeast('upload/10MB', 0.4),
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
];

/** @param rows - All rows of the case. */
export function judge(row: Row, rows: readonly Row[]): string {
  if (row.server !== 'gateway') return '';
  return goals
    .filter((goal) => goal.case.test(row.case) && (goal.isKnown?.(row, rows) ?? true))
    .map((goal) => `${goal.text}: ${goal.isMet(row, rows) ? 'yes' : 'NO'}`)
    .join('; ');
}
