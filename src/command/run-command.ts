/** Reads the arguments: starts the gateway, or runs an option or another command. */

import { readConfig, warningsOf } from '../config.ts';
import { readPackageVersion } from '../package-version.ts';
import { parseArguments } from '../parse-arguments.ts';

interface Command {
  /** For `--help`. */
  readonly summary: string;
  /** Imports the code of the command. Resolves to the exit code. */
  run(args: readonly string[]): Promise<number>;
}

/** The commands besides the gateway itself, by the first argument. Each has its own options and its own `--help`. */
const commands: Readonly<Record<string, Command>> = {
  check: {
    summary: 'checks whether Dashly answers as its API documents',
    async run(args) {
      const { checkCommand } = await import('../check/check-command.ts');
      return checkCommand(args, process.env, process);
    },
  },
};

const options = {
  'check-config': { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
} as const;

const exitCodes = { wrongConfiguration: 1, wrongUsage: 2 };

/** Sets the exit code, unless the gateway runs. */
export async function runCommand(args: readonly string[]): Promise<void> {
  const [name = '', ...rest] = args;
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  process.exitCode = command ? await command.run(rest) : await runOption(args);
}

async function runOption(args: readonly string[]): Promise<number | undefined> {
  const { values, fault } = parseArguments(args, options);
  if (!values) {
    console.error(`${fault} See --help.`);
    return exitCodes.wrongUsage;
  }
  if (values.help) console.log(usage());
  else if (values.version) console.log(readPackageVersion());
  else if (values['check-config']) return checkConfig();
  else {
    const { serve } = await import('./serve.ts');
    await serve();
  }
  return undefined;
}

/** Neither starts the gateway nor connects to a server. */
function checkConfig(): number | undefined {
  for (const warning of warningsOf(process.env)) console.error(warning);
  const { faults } = readConfig(process.env);
  if (!faults) {
    console.log('The configuration is valid.');
    return undefined;
  }
  for (const fault of faults) console.error(fault);
  return exitCodes.wrongConfiguration;
}

function usage(): string {
  const summaries = Object.entries(commands).map(([name, { summary }]) => `  ${name.padEnd(16)}${summary}`);
  return [
    'Usage: dashly-graphql-gateway [option]',
    '       dashly-graphql-gateway <command> [options]',
    '',
    'Without an option, starts the gateway. Its configuration is read from environment variables, such as PORT=4000 and',
    'DASHLY_API_URL=https://api.dashly.app/v2. Without them, it uses an embedded sandbox in place of Dashly.',
    '',
    'Options:',
    '  --check-config  says what is wrong with the configuration, and starts nothing',
    '  -h, --help      prints this text',
    '  -v, --version   prints the version',
    '',
    'Commands:',
    ...summaries,
  ].join('\n');
}
