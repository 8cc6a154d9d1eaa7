/** Prints the results of a run in Markdown. */

import type { BenchCase } from '../bench-cases.ts';
import type { MemorySample } from '../measure/measure-memory.ts';
import type { Results } from './results-file.ts';
import { encodeResults } from './results-file.ts';
import { printTable, printTables } from './results-table.ts';

/** The subjects of the tables. */
export interface Subjects {
  readonly cases: readonly BenchCase[];
  /** Titles of the servers by their names. */
  readonly titles: ReadonlyMap<string, string>;
}

/** The sections for which there are figures. */
export function printResults({ rows, startMs, memory }: Results, { cases, titles }: Subjects): string {
  const sections = [printTables(rows, cases, titles)];
  if (startMs) {
    const { median, min, max } = startMs;
    const text = `${median.toFixed(0)} ms (${min.toFixed(0)}–${max.toFixed(0)}) from the start of \`node\` to the 200 of \`/ready\``;
    sections.push(`### Start\n\n${text}. Goal: under 1 s: ${median < 1000 ? 'yes' : 'NO'}.\n`);
  }
  if (memory.length > 0) sections.push(printMemory(memory));
  return sections.join('\n');
}

function printMemory(memory: readonly MemorySample[]): string {
  const lines = memory.map(({ requests, megabytes }) => [
    requests.toLocaleString('en'),
    megabytes.toFixed(0),
  ]);
  const last = memory.at(-1)?.megabytes ?? Number.NaN;
  // Code that is loaded and compiled at the beginning does not count as growth.
  const middle = memory[Math.floor(memory.length / 2)]?.megabytes ?? Number.NaN;
  const table = printTable([['requests', 'resident set, MB'], ...lines]);
  const isFlat = last <= middle * 1.1;
  return `### Memory\n\n${table}\nGoal: under 150 MB: ${last < 150 ? 'yes' : 'NO'}; flat (the second half adds less than a tenth): ${isFlat ? 'yes' : 'NO'}.\n`;
}

const preamble = `# Results of the benchmark

Written by \`npm run bench\`, which repeats it; \`npm run bench -- --quick\` says by how much the ratios moved since.

Each cell has the median of the rounds, and in bold how many times that of the baseline it is: the median, and the smallest and
the largest, of what each round has against its own baseline. The baseline is a proxy of \`node:http\` and undici that knows no
GraphQL; for attachments it is the same file sent to the upstream itself. Every server is started anew in every round, in another
order, warmed up, and checked before and after the load: for its answer, and for what the upstream got from it. It is warmed up by
several loads, since V8 compiles much anew when connections first end within a request, and when another client first asks. The
gateway runs by \`npm start\`'s own command with \`NODE_ENV=production\`, its default protections and its log on.

What is not the same for all:

- *a pipe of bytes* knows nothing of what passes through it: what it does not reach, nothing reaches that is made of the same parts.
- *bare proxy* takes the form's fields as JSON and hands the answer on unread.
- *by hand* looks at no document: it knows its two operations by their names.
- *Apollo Server*'s data source keeps no pool of 64 connections, as the others do, but opens as many as it needs.
- *Hive Gateway* has the schema that GraphQL Mesh makes of an OpenAPI description: the same fields in the names of REST, without
  enums, times as texts and unions of senders, and JSON within a field is written by the client.
- The peers check the input as far as it takes few lines, have no log, no limits and no protection but what their libraries
  come with, and ask for all optional fields whatever is selected.
`;

/** The content of `RESULTS.md`. */
export function printResultsFile(
  results: Results,
  subjects: Subjects,
  machine: readonly (readonly [name: string, value: string])[],
): string {
  const about = machine.map(([name, value]) => `- ${name}: ${value}`).join('\n');
  return `${preamble}\n${about}\n\n${printResults(results, subjects)}\n${encodeResults(results)}\n`;
}
