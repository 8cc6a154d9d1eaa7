/** What a process takes of the machine, as Linux counts it. */

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

/** Time on a core so far, of all threads, in seconds. Not from `stat`, which counts in hundredths. */
export function cpuSeconds(pid: number): number {
  const threads = readdirSync(`/proc/${pid}/task`);
  const nanoseconds = threads.map((thread) =>
    Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]),
  );
  return nanoseconds.reduce((sum, time) => sum + time, 0) / 1e9;
}

/** Lets the peak begin anew, from what the process has now. */
export function resetPeakMemory(pid: number): void {
  writeFileSync(`/proc/${pid}/clear_refs`, '5');
}

/** The largest resident set since the process began, or since the peak was reset. In megabytes. */
export function peakMegabytes(pid: number): number {
  return readMegabytes(pid, 'VmHWM');
}

/** The resident set now. In megabytes. */
export function residentMegabytes(pid: number): number {
  return readMegabytes(pid, 'VmRSS');
}

function readMegabytes(pid: number, name: string): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const kibibytes = new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1];
  return (Number(kibibytes) * 1024) / 1e6;
}
