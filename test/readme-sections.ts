/** Finds what stands below a heading of the README: text, code, tables. */

import { readFileSync } from 'node:fs';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

/** What stands below a heading of any level, up to the next one of that level or a higher one. */
export function sectionBelow(heading: string): string {
  const [before = '', section = ''] = readme.split(`# ${heading}\n`);
  const level = /#*$/.exec(before)?.[0].length ?? 0;
  return section.split(new RegExp(`\n#{2,${level + 1}} `))[0] ?? '';
}

/** The code blocks below a heading, in order. */
export function blocksBelow(heading: string, language: string): string[] {
  const section = sectionBelow(heading);
  return [...section.matchAll(/```(\w+)\n(.*?)```/gs)].flatMap(([, name, code]) =>
    name === language && code ? [code] : [],
  );
}

/** A column of the first table below a heading. */
export function columnBelow(heading: string, column = 1): string[] {
  const section = sectionBelow(heading);
  const table = section.slice(section.indexOf('\n|')).trim().split('\n\n')[0] ?? '';
  return table
    .split('\n')
    .slice(2)
    .map((row) => row.split('|')[column]?.trim().replaceAll('`', '') ?? '');
}
