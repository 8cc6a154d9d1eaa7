/** Checks the API of Dashly: sends one note, reads it back, and tries a wrong id and a wrong token. */

import { randomInt } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Finding, Section } from '../dashly/inspection/finding.ts';
import { inspectEnvelope } from '../dashly/inspection/inspect-envelope.ts';
import { inspectAnswer, type SentNote } from '../dashly/inspection/inspect-note.ts';
import { inspectPage } from '../dashly/inspection/inspect-page.ts';
import { type Calls, createCalls } from './call-dashly.ts';

export interface RunCheckOptions {
  readonly apiUrl: URL;
  /** Null for a direct connection. */
  readonly proxy: URL | null;
  readonly token: string;
  readonly conversationId: string;
  readonly timing?: Timing;
}

/** In seconds after the answer. */
interface Timing {
  /** When the conversation is read, until the note is in it. */
  readonly readTimes: readonly number[];
  /** How long the gateway looks up a reply. */
  readonly lookUpTime: number;
}

const defaultTiming: Timing = { readTimes: [0, 0.5, 1.5, 4, 10, 20], lookUpTime: 5 };

/** A legal id that Dashly cannot have reached yet. */
const wrongId = String(2n ** 64n - 1n);
const wrongToken = 'wrong-token';

/** Sends one note, once. Rejects only because of a bug. */
export async function runCheck(options: RunCheckOptions): Promise<readonly Section[]> {
  const { token, conversationId, timing = defaultTiming } = options;
  const calls = createCalls(options);
  const note = createNote(conversationId);
  const { response, delivery } = await calls.send(note);
  // A note that was refused need not be waited for.
  const readTimes = delivery === 'NOT_DELIVERED' ? [0] : timing.readTimes;
  const sections: Section[] = [
    { title: 'The answer to the note', findings: inspectAnswer(response, note) },
    ...(await readBack(calls, token, note, { ...timing, readTimes })),
    {
      title: 'Reading a conversation that does not exist',
      findings: inspectEnvelope(await calls.read(wrongId, token), refusal(400, 'LookupError')).findings,
    },
    {
      title: 'Reading with a wrong token',
      findings: inspectEnvelope(
        await calls.read(conversationId, wrongToken),
        refusal(401, 'NotAuthenticated'),
      ).findings,
    },
  ];
  await calls.close();
  return sections;
}

/** Reads until the note is there, or until all times have passed. */
async function readBack(
  calls: Calls,
  token: string,
  note: SentNote,
  { readTimes, lookUpTime }: Timing,
): Promise<readonly Section[]> {
  const began = performance.now();
  let page: readonly Finding[] = [];
  let found: readonly Finding[] = [{ name: 'the note', found: 'not found', expected: ['found once'] }];
  for (const seconds of readTimes) {
    await delay(Math.max(0, began + seconds * 1000 - performance.now()));
    const inspected = inspectPage(await calls.read(note.conversationId, token), note);
    page = inspected.page;
    if (!inspected.note) continue;
    const inTime = 'in time for look-ups';
    const wait = seconds <= lookUpTime ? inTime : `only after ${seconds} s`;
    found = [{ name: 'can be read', found: wait, expected: [inTime] }, ...inspected.note];
    break;
  }
  return [
    { title: 'The note, read back', findings: found },
    { title: 'The newest parts of the conversation', findings: page },
  ];
}

function refusal(status: number, error: string) {
  return { status, error, data: ['an object'] };
}

function createNote(conversationId: string): SentNote {
  const randomId = randomInt(1, 2 ** 31);
  const body = `Note ${randomId} of "dashly-graphql-gateway check". Only admins see it, and it may be deleted.`;
  return { conversationId, randomId, body, sentAt: Date.now() };
}
