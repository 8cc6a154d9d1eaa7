/** Composes subgraphs with each of the three composers for JavaScript. */

import { composeServices as composeWithApollo } from '@apollo/composition';
import { composeServices as composeWithGuild } from '@theguild/federation-composition';
import { federateSubgraphs, ROUTER_COMPATIBILITY_VERSION_ONE } from '@wundergraph/composition';
import { parse, print } from 'graphql';
import type { Subgraph } from './subgraph.ts';

export interface Composition {
  /** Null if there are errors. */
  readonly supergraph: string | null;
  readonly errors: readonly string[];
  readonly hints: readonly string[];
}

export type Composer = keyof typeof composers;

const composers = {
  '@apollo/composition': (subgraphs: readonly Subgraph[]): Composition => {
    const { supergraphSdl, errors, hints } = composeWithApollo(servicesOf(subgraphs));
    return { supergraph: supergraphSdl ?? null, errors: messagesOf(errors), hints: messagesOf(hints) };
  },
  '@theguild/federation-composition': (subgraphs: readonly Subgraph[]): Composition => {
    const { supergraphSdl, errors } = composeWithGuild(servicesOf(subgraphs));
    return { supergraph: supergraphSdl ?? null, errors: messagesOf(errors), hints: [] };
  },
  '@wundergraph/composition': (subgraphs: readonly Subgraph[]): Composition => {
    const definitions = subgraphs.map(({ name, url, sdl }) => ({ name, url, definitions: parse(sdl) }));
    const result = federateSubgraphs({ subgraphs: definitions, version: ROUTER_COMPATIBILITY_VERSION_ONE });
    const hints = messagesOf(result.warnings);
    if (!result.success) return { supergraph: null, errors: messagesOf(result.errors), hints };
    return { supergraph: print(result.federatedGraphAST), errors: [], hints };
  },
};

export function compose(composer: Composer, subgraphs: readonly Subgraph[]): Composition {
  return composers[composer](subgraphs);
}

/** For starting a router: returns the supergraph, or throws with the errors. */
export function composeOrThrow(composer: Composer, subgraphs: readonly Subgraph[]): string {
  const { supergraph, errors } = compose(composer, subgraphs);
  if (supergraph === null) throw new Error(errors.join('\n'));
  return supergraph;
}

function servicesOf(subgraphs: readonly Subgraph[]) {
  return subgraphs.map(({ name, url, sdl }) => ({ name, url, typeDefs: parse(sdl) }));
}

function messagesOf(faults: readonly { readonly message: string }[] = []): string[] {
  return faults.map(({ message }) => message);
}
