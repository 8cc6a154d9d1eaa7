/** Lists the scenarios for a terminal. */
import { allScenarios, scenarioGroups } from './scenarios.ts';

const idWidth = Math.max(...allScenarios.map(({ id }) => id.length));

/** One indented line for each scenario, under the headings; without a line break at the end. */
export function listScenarios(): string {
  return scenarioGroups
    .map(({ heading, scenarios }) => {
      const lines = scenarios.map(({ id, title }) => `  ${id.padStart(idWidth)}  ${title}`);
      return [heading, ...lines].join('\n');
    })
    .join('\n\n');
}
