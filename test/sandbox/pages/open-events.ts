/** Opens the event stream of the pages, as an EventSource does. */

import { onTestFinished } from 'vitest';

export interface OpenEvents {
  readonly response: Response;
  /** Everything received so far. */
  readonly text: () => string;
  /** Resolves when the stream ends, for any reason. */
  readonly ended: Promise<void>;
  readonly leave: () => void;
}

/** Resolves when the stream starts. The stream ends with the test. */
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
      // The stream was aborted.
    }
  }
  return { response, text: () => text, ended: read(), leave: () => controller.abort() };
}
