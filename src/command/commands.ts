/** The commands besides the gateway itself. */

/** Imports what it needs when it runs. Resolves to the exit code. */
export interface Command {
  /** For `--help`. */
  readonly summary: string;
  run(args: readonly string[]): Promise<number>;
}

/** By the first argument. Each has its own options, also `--help`. */
export const commands: Readonly<Record<string, Command>> = {
  check: {
    summary: 'checks whether Dashly answers as its API documents',
    async run(args) {
      const { checkCommand } = await import('../check/check-command.ts');
      return checkCommand(args, process.env, process);
    },
  },
};
