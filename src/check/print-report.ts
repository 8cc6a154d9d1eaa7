/** Prints what a check found, so that it can be pasted into a report. */

import { differs, type Finding, type Section } from '../dashly/inspection/finding.ts';

export interface Report {
  readonly text: string;
  /** How many findings differ. */
  readonly differences: number;
}

/** A longer list is that of an enumeration. */
const maxListed = 5;

/** `heading` is the first line. */
export function printReport(heading: string, sections: readonly Section[]): Report {
  const all = sections.flatMap(({ findings }) => findings);
  const differences = all.filter(differs).length;
  const width = Math.max(...all.map(({ name }) => name.length));
  const blocks = sections.map(({ title, findings }) =>
    [title, ...findings.map((finding) => lineOf(finding, width))].join('\n'),
  );
  const summary = `${all.length - differences} as documented, ${differences} different.`;
  return { text: [heading, ...blocks, summary].join('\n\n'), differences };
}

function lineOf(finding: Finding, width: number): string {
  const { name, found, expected } = finding;
  const line = (word: string) => `  ${word.padEnd(7)}  ${name.padEnd(width)}  ${found}`;
  if (!differs(finding)) return line('ok');
  const documented = expected.length > maxListed ? 'a list of names' : expected.join(', ');
  return `${line('differs')} (documented: ${documented})`;
}
