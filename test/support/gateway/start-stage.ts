/** Starts a scripted Dashly and a complete gateway in front of it. */

import { type Respond, startUpstream, type Upstream } from '../upstream/start-upstream.ts';
import { type LoggedGateway, startGateway } from './start-gateway.ts';

export interface Stage {
  readonly gateway: LoggedGateway;
  readonly upstream: Upstream;
}

export async function startStage(
  respond?: Respond,
  environment: Record<string, string> = {},
): Promise<Stage> {
  const upstream = await startUpstream(respond);
  const gateway = await startGateway({ DASHLY_API_URL: upstream.url, ...environment });
  return { gateway, upstream };
}
