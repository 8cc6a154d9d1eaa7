/** Reads the Dockerfile. */

import { readFileSync } from 'node:fs';

/** The instructions, without comments and with their continued lines joined. */
export const instructions = readFileSync(new URL('../../../Dockerfile', import.meta.url), 'utf8')
  .replace(/^#.*\n/gm, '')
  .replace(/\\\n\s*/g, ' ')
  .split('\n');

/** The arguments of the last instruction with this name. */
export function lastInstruction(name: string): string {
  const line = instructions.findLast((instruction) => instruction.startsWith(`${name} `)) ?? '';
  return line.slice(name.length + 1);
}

/** The environment variables of the image. */
export const imageEnvironment: Readonly<Record<string, string>> = Object.fromEntries(
  lastInstruction('ENV')
    .split(/\s+/)
    .map((assignment) => assignment.split('=')),
);
