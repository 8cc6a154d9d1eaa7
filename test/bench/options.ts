/** The options of the command line. */

import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { settings } from './settings.ts';

export interface Options {
  /** Selects cases: matched against `<case> <server>`. Null for all cases. */
  readonly only: RegExp | null;
  readonly isQuick: boolean;
  readonly rounds: number;
  /** Duration of the load in a cell. */
  readonly seconds: number;
  /** Another checkout of the gateway, to be measured instead of this one. */
  readonly gateway: string | null;
  /** Whether the run covers the whole benchmark, so that its results are written. */
  readonly isFull: boolean;
}

/** @throws TypeError for an invalid option. */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string' },
      quick: { type: 'boolean', default: false },
      rounds: { type: 'string' },
      seconds: { type: 'string' },
      gateway: { type: 'string' },
    },
  });
  const { only, quick: isQuick, gateway } = values;
  const rounds = readCount('rounds', values.rounds) ?? (isQuick ? 1 : settings.rounds);
  const seconds = readCount('seconds', values.seconds) ?? settings.seconds;
  return {
    only: only === undefined ? null : new RegExp(only),
    isQuick,
    rounds,
    seconds,
    gateway: gateway === undefined ? null : resolve(gateway),
    isFull:
      only === undefined &&
      !isQuick &&
      gateway === undefined &&
      rounds >= settings.rounds &&
      seconds >= settings.seconds,
  };
}

function readCount(name: string, text: string | undefined): number | null {
  if (text === undefined) return null;
  if (!/^[1-9]\d*$/.test(text)) throw new TypeError(`--${name} must be a positive integer.`);
  return Number(text);
}
