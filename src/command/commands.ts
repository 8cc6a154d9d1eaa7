/** The commands besides the gateway itself. */

export interface Command {
  /** For `--help`. */
  readonly summary: string;
  /** Imports the code of the command. Resolves to the exit code. */
  run(args: readonly string[]): Promise<number>;
}

/** By the first argument. Each command has its own options and its own `--help`. */
export const commands: Readonly<Record<string, Command>> = {
  check: {
    summary: 'checks whether Dashly answers as its API documents',
    async run(args) {
      const { checkCommand } = await import('../check/check-command.ts');
      return checkCommand(args, process.env, process);
    },
  },
};
