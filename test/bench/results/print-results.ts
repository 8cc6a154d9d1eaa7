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
  return `### Memory\n\n${table}\nGoal: under 180 MB: ${last < 180 ? 'yes' : 'NO'}; flat (the second half adds less than a tenth): ${isFlat ? 'yes' : 'NO'}.\n`;
}

const preamble = `# Results of the benchmark

\`npm run bench\` writes this file; \`npm run bench -- --quick\` shows by how much the ratios have changed since.

Each cell has the median of the rounds, and in bold the ratio to the baseline of the same round: the median, the smallest and
the largest. The baseline is a proxy of \`node:http\` and undici without GraphQL; for attachments it is the same file sent
directly to the upstream. Every server is restarted in every round, in another order. It is warmed up, and checked before and
after the load: its response, and the request that the upstream received. The warm-up has several loads, since V8 discards much
of its compiled code when connections first end within a request, and when another client first connects. The gateway runs by
the command of \`npm start\` with \`NODE_ENV=production\`, its default limits and its log.

The servers differ:

- *a pipe of bytes* reads nothing of what passes through it. It shows what undici and \`node:http\` can reach.
- *bare proxy* reads the fields of the form as JSON, and returns the response unread.
- *by hand* does not parse documents: it identifies its two operations by name.
- *Apollo Server*: its data source opens as many connections as it needs; the others have 64.
- *Hive Gateway* has a schema that GraphQL Mesh generates from an OpenAPI description: the same fields with the names of REST,
  without enums, with times as texts, without types of senders, and with JSON as text.
- The peers check only what takes few lines. They have no log, no limits and no protection but those of their libraries, and
  request all optional fields whatever is selected.
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
