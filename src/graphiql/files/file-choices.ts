/** The chosen files, by tab and upload path. A reload of the page discards them. */

type Choices = ReadonlyMap<string, readonly File[]>;

export class FileChoices {
  #choices: Choices = new Map();
  readonly #listeners = new Set<() => void>();

  /** Returns a new object after each change, for `useSyncExternalStore`. */
  readonly snapshot = (): Choices => this.#choices;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Returns the files for the `path` of an `UploadPath`. */
  of(tabId: string, path: string): readonly File[] {
    return this.#choices.get(keyOf(tabId, path)) ?? [];
  }

  /** Replaces the files of a path; an empty list removes them. */
  choose(tabId: string, path: string, files: readonly File[]): void {
    const choices = new Map(this.#choices);
    if (files.length > 0) choices.set(keyOf(tabId, path), files);
    else choices.delete(keyOf(tabId, path));
    this.#choices = choices;
    for (const listener of this.#listeners) listener();
  }
}

function keyOf(tabId: string, path: string): string {
  return `${tabId} ${path}`;
}
