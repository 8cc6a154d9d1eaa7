/** The resources that a process uses, as Linux counts them. */

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

/** CPU time of all threads so far, in seconds. Not from `stat`, which counts in hundredths. */
export function cpuSeconds(pid: number): number {
  const threads = readdirSync(`/proc/${pid}/task`);
  const nanoseconds = threads.map((thread) =>
    Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]),
  );
  return nanoseconds.reduce((sum, time) => sum + time, 0) / 1e9;
}

/** Resets the peak to the current value. */
export function resetPeakMemory(pid: number): void {
  writeFileSync(`/proc/${pid}/clear_refs`, '5');
}

/** The largest resident set since the start of the process, or since the peak was reset. In megabytes. */
export function peakMegabytes(pid: number): number {
  return readMegabytes(pid, 'VmHWM');
}

/** The current resident set. In megabytes. */
export function residentMegabytes(pid: number): number {
  return readMegabytes(pid, 'VmRSS');
}

function readMegabytes(pid: number, name: string): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const kibibytes = new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1];
  return (Number(kibibytes) * 1024) / 1e6;
}
