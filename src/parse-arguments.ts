/** Parses the arguments of a command. */

import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';

/** `fault` is a sentence for an argument that `options` does not have. */
export function parseArguments<Options extends ParseArgsOptionsConfig>(
  args: readonly string[],
  options: Options,
) {
  try {
    return { values: parseArgs({ args: [...args], options }).values };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    // Its further sentences explain how to pass arguments that begin with a dash.
    const [fault = ''] = error.message.split(/\.(?: |$)/);
    return { fault: `${fault}.` };
  }
}
