/** Finds sections of the documentation, and their anchors, code blocks and tables. */

import { readFileSync } from 'node:fs';

/** The text of a page; `path` starts at the root of the repository. */
export function readPage(path: string): string {
  return readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
}

/** The text below a heading of any level, up to the next heading of that level or a higher one. */
export function sectionBelow(path: string, heading: string): string {
  const [before = '', section = ''] = `\n${readPage(path)}`.split(`# ${heading}\n`);
  const level = /\n(#*)$/.exec(before)?.[1]?.length ?? 0;
  return section.split(new RegExp(`\n#{1,${level + 1}} `))[0] ?? '';
}

/** The code blocks of one language below a heading, in order. */
export function blocksBelow(path: string, heading: string, language: string): string[] {
  return blocksIn(sectionBelow(path, heading), language);
}

function blocksIn(text: string, language: string): string[] {
  return [...text.matchAll(/```(\w+)\n(.*?)```/gs)].flatMap(([, name, code]) =>
    name === language && code ? [code] : [],
  );
}

/** A column of the first table below a heading, without its header. */
export function columnBelow(path: string, heading: string, column = 1): string[] {
  const section = sectionBelow(path, heading);
  const table = section.slice(section.indexOf('\n|')).trim().split('\n\n')[0] ?? '';
  return table
    .split('\n')
    .slice(2)
    .map((row) => row.split('|')[column]?.trim().replaceAll('`', '') ?? '');
}

/** The anchors that GitHub creates for the headings of a page. */
export function anchorsIn(text: string): string[] {
  const headings = [...withoutBlocks(text).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => heading);
  return headings.map((heading) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

export function withoutBlocks(text: string): string {
  return text.replace(/^```.*?^```/gms, '');
}
