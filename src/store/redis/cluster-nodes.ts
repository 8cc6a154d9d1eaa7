/** The connections to the nodes of a Redis Cluster that own slots. */

import { addressOf, type HostAndPort } from '../../redis-url.ts';
import { type RedisClient, type RedisConnection, replyOf } from './redis-connection.ts';
import type { RedisServers } from './redis-servers.ts';

export interface NodeEvents {
  readonly onOpen: () => void;
  readonly onLost: () => void;
}

export interface ClusterNodesOptions {
  /** Nodes to start from. */
  readonly seeds: readonly HostAndPort[];
  readonly connect: (node: HostAndPort, events: NodeEvents) => RedisConnection;
  /** Called when `isReady` may have changed. */
  readonly onChange: () => void;
}

/** The reply to `CLUSTER SLOTS`: ranges of slots, each with its owner first. The host is empty if it is the one that was asked. */
type SlotRanges = readonly (readonly [from: number, to: number, owner: readonly [string | null, number]])[];

/** The number of slots of every cluster. */
const slotCount = 16_384;

const refreshPauseMs = 1_000;

/**
 * Not `createCluster` of the library: it connects to all nodes before it runs anything, so one node that is down stops it for ever. `WAIT`
 * must use the connection that ran a command, which it does not name.
 */
export function connectClusterNodes({ seeds, connect, onChange }: ClusterNodesOptions): RedisServers {
  const nodes = new Map<string, RedisConnection>();
  /** The address of the owner by slot. */
  let owners = new Map<number, string>();
  /** The addresses in `owners`: a few, instead of one for each slot. */
  let inUse = new Set<string>();
  let isRefreshing = false;
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;

  function nodeAt(address: string): RedisConnection {
    const node = nodes.get(address) ?? connect(hostAndPortOf(address), { onOpen, onLost: refresh });
    nodes.set(address, node);
    return node;
  }

  function onOpen(): void {
    if (owners.size === 0) refresh();
    onChange();
  }

  function refresh(): void {
    if (isRefreshing) return;
    isRefreshing = true;
    discover()
      .catch(() => {})
      .finally(() => {
        isRefreshing = false;
        onChange();
        clearTimeout(timer);
        // Until then some keys have no server, so no script fails that would cause a refresh.
        if (owners.size < slotCount && !isClosed) timer = setTimeout(refresh, refreshPauseMs);
      });
  }

  async function discover(): Promise<void> {
    for (const [address, node] of [...nodes]) {
      const { client } = node;
      const ranges = client && (await readSlots(client).catch(() => null));
      if (isClosed) return;
      if (!ranges?.length) continue;
      // The next time another one is asked, since this one may be cut off from the others.
      nodes.delete(address);
      nodes.set(address, node);
      const { host } = hostAndPortOf(address);
      adopt(
        ranges.map(
          ([from, to, [owner, port]]) => [from, to, addressOf({ host: owner || host, port })] as const,
        ),
      );
      return;
    }
    // All known nodes are down: the cluster may have moved away from them.
    for (const seed of seeds) nodeAt(addressOf(seed));
  }

  function adopt(ranges: readonly (readonly [from: number, to: number, owner: string])[]): void {
    owners = new Map();
    for (const [from, to, owner] of ranges) for (let slot = from; slot <= to; slot++) owners.set(slot, owner);
    inUse = new Set(owners.values());
    for (const address of inUse) nodeAt(address);
    for (const [address, node] of nodes) {
      if (inUse.has(address)) continue;
      nodes.delete(address);
      void node.close();
      node.outage.end();
    }
  }

  for (const seed of seeds) nodeAt(addressOf(seed));
  return {
    get isReady() {
      return owners.size === slotCount && [...inUse].every((owner) => nodes.get(owner)?.client);
    },
    connectionFor(key) {
      const owner = owners.get(slotOfKey(key));
      return owner === undefined ? null : nodeAt(owner);
    },
    redirect(key, target, isMoving) {
      const slot = slotOfKey(key);
      const owner = owners.get(slot);
      if (isClosed || owner === undefined) return null;
      const { host, port } = hostAndPortOf(target);
      // Without a host it is that of the asked node. An empty one would lead to this machine, with the credentials.
      const address = addressOf({ host: host || hostAndPortOf(owner).host, port });
      if (!isMoving) {
        owners.set(slot, address);
        inUse.add(address);
      }
      return nodeAt(address);
    },
    async close() {
      isClosed = true;
      clearTimeout(timer);
      await Promise.all(Array.from(nodes.values(), (node) => node.close()));
    },
  };
}

async function readSlots(client: RedisClient): Promise<SlotRanges> {
  return (await replyOf(client, ['CLUSTER', 'SLOTS'])) as SlotRanges;
}

/** An IPv6 address has colons too. */
function hostAndPortOf(address: string): HostAndPort {
  const colon = address.lastIndexOf(':');
  return { host: address.slice(0, colon), port: Number(address.slice(colon + 1)) };
}

/** The slot of a key: CRC16 (XMODEM). The gateway's keys have no hash tag, since each script has one key. */
export function slotOfKey(key: string): number {
  let crc = 0;
  for (const byte of Buffer.from(key)) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1) & 0xffff;
  }
  return crc % slotCount;
}
