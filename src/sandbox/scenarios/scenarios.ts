/** All scenarios of the sandbox: the id of a conversation selects what Dashly does. */
import { brokenConnectionScenarios } from './broken-connections.ts';
import { failureScenarios, refusalScenarios } from './errors.ts';
import type { Scenario } from './scenario.ts';
import { successScenarios } from './success.ts';
import { unreadableScenarios } from './unreadable-responses.ts';

/** The scenarios under their headings, in the order in which they are listed. */
export const scenarioGroups: ReadonlyArray<{ heading: string; scenarios: readonly Scenario[] }> = [
  { heading: 'Success: the reply is created', scenarios: successScenarios },
  { heading: 'Refused: nothing is created', scenarios: refusalScenarios },
  { heading: 'Failures of Dashly or of a proxy', scenarios: failureScenarios },
  { heading: 'Unreadable responses', scenarios: unreadableScenarios },
  { heading: 'Broken connections', scenarios: brokenConnectionScenarios },
];

export const allScenarios: readonly Scenario[] = scenarioGroups.flatMap(({ scenarios }) => scenarios);

/** Undefined if there is none: Dashly responds `LookupError` then. */
export function findScenario(conversationId: string): Scenario | undefined {
  return allScenarios.find(({ id }) => id === conversationId);
}

const idWidth = Math.max(...allScenarios.map(({ id }) => id.length));

/** A list for a terminal: one indented line for each scenario, under the headings; without a line break at the end. */
export function listScenarios(): string {
  return scenarioGroups
    .map(({ heading, scenarios }) => {
      const lines = scenarios.map(({ id, title }) => `  ${id.padStart(idWidth)}  ${title}`);
      return [heading, ...lines].join('\n');
    })
    .join('\n\n');
}
