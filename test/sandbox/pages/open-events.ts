/** Reads the stream of events of the sandbox's pages, as a browser's EventSource does. */

import { onTestFinished } from 'vitest';

export interface OpenEvents {
  readonly response: Response;
  /** What came so far. */
  readonly text: () => string;
  /** Resolves when the stream is at its end, however it came to that. */
  readonly ended: Promise<void>;
  readonly leave: () => void;
}

/** Resolves once the stream has begun; it ends with the test. */
export async function openEvents(origin: string): Promise<OpenEvents> {
  const controller = new AbortController();
  onTestFinished(() => controller.abort());
  const response = await fetch(`${origin}/sandbox/events`, { signal: controller.signal });
  let text = '';
  async function read(): Promise<void> {
    const decoder = new TextDecoder();
    try {
      for await (const chunk of response.body ?? []) text += decoder.decode(chunk, { stream: true });
    } catch {
      // Somebody broke it off.
    }
  }
  return { response, text: () => text, ended: read(), leave: () => controller.abort() };
}
