/** Starts a Dashly that handles all requests but one, which it fails at a chosen point. */

import type { Socket } from 'node:net';
import {
  documentedAnswer,
  randomIdIn,
  startTcpUpstream,
  withNewPart,
} from '../../support/upstream/start-upstream.ts';

/** How much of a request has arrived. */
export interface Progress {
  readonly bytes: number;
  /** Null until the head has arrived. */
  readonly headBytes: number | null;
  readonly totalBytes: number | null;
}

/** What a complete response proves: that nothing was created, or that the reply was; null if it proves nothing. */
export type Proof = 'refused' | 'created' | null;

export interface Fault {
  readonly name: string;
  /** Faults of one group are counted together. */
  readonly group: string;
  /** Called for each chunk of a request; `accept` fires before the first one. */
  readonly isDue: 'accept' | ((progress: Progress) => boolean);
  /** Returns true if the upstream continues normally; otherwise it sends nothing more on this connection. */
  readonly act: (socket: Socket) => boolean;
  readonly proof: Proof;
}

export interface FaultyUpstream {
  readonly url: string;
  /** How often each reply arrived whole, by its text. */
  readonly arrivals: ReadonlyMap<string, number>;
  /** The texts of replies that arrived, with what each was answered. */
  readonly proofs: ReadonlyMap<string, Proof>;
  /** The next requests fail like this, one after the other. */
  arm(...faults: readonly Fault[]): void;
  /** How often parts were requested. */
  readonly reads: number;
  /** From now on no parts can be read. */
  hideParts(): void;
}

export interface FaultyUpstreamOptions {
  /** Whether connections stay open after an answer. */
  readonly keepsAlive: boolean;
  /** Called after each good answer. */
  readonly afterAnswer?: (socket: Socket) => void;
  /** Whether the parts of replies can be read; such requests never meet a fault. Not by default. */
  readonly hasParts?: boolean;
}

const json = JSON.stringify(documentedAnswer);
export const goodAnswer = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(json)}\r\n\r\n${json}`;

export async function startFaultyUpstream(options: FaultyUpstreamOptions): Promise<FaultyUpstream> {
  const arrivals = new Map<string, number>();
  const proofs = new Map<string, Proof>();
  const parts: object[] = [];
  let arePartsHidden = !options.hasParts;
  let reads = 0;
  let armed: Fault[] = [];

  const url = await startTcpUpstream((socket) => {
    let received = Buffer.alloc(0);
    let fault: Fault | null = null;
    let isSilent = false;
    let hasActed = false;

    const act = (due: Fault): void => {
      hasActed = true;
      isSilent = !due.act(socket);
    };
    if (armed[0]?.isDue === 'accept') {
      fault = armed.shift() ?? null;
      if (fault) act(fault);
    }
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      while (received.length > 0) {
        const progress = progressOf(received);
        const { totalBytes } = progress;
        const isWhole = totalBytes !== null && received.length >= totalBytes;
        if (received.subarray(0, 4).equals(get)) {
          if (!isWhole) return;
          reads++;
          socket.write(arePartsHidden ? unreadable : pageOf(parts));
          received = received.subarray(totalBytes);
          continue;
        }
        fault ??= armed.shift() ?? null;
        if (isWhole) {
          // Without a refusal Dashly may have created it.
          if (options.hasParts && fault?.proof !== 'refused')
            parts.push(partOf(received.subarray(0, totalBytes)));
          const text = textOf(received.subarray(0, totalBytes));
          arrivals.set(text, (arrivals.get(text) ?? 0) + 1);
          proofs.set(text, fault ? fault.proof : 'created');
        }
        if (fault && !hasActed && (isWhole || fault.isDue === 'accept' || fault.isDue(progress))) act(fault);
        if (!isWhole) return;
        received = received.subarray(totalBytes);
        if (!isSilent && !fault) {
          const answer = withNewPart(goodAnswer);
          socket.write(options.keepsAlive ? answer : answer.replace('\r\n', '\r\nconnection: close\r\n'));
          options.afterAnswer?.(socket);
          if (!options.keepsAlive) socket.end();
        }
        fault = null;
        hasActed = false;
      }
    });
  });
  return {
    url,
    arrivals,
    proofs,
    get reads() {
      return reads;
    },
    arm(...faults) {
      armed = [...faults];
    },
    hideParts() {
      arePartsHidden = true;
    },
  };
}

const get = Buffer.from('GET ');
const unreadable = 'HTTP/1.1 503 Unavailable\r\ncontent-length: 0\r\n\r\n';

function partOf(request: Buffer): object {
  const created = Date.now() / 1000;
  const randomId = randomIdIn(request.toString('latin1'));
  const id = String(Math.ceil(created * 1e6));
  return { ...documentedAnswer.data, id, body: textOf(request), random_id: randomId, created };
}

/** The newest parts. */
function pageOf(parts: readonly object[]): string {
  const page = JSON.stringify({ data: parts.slice(-50).reverse(), meta: { status: 200 } });
  const date = new Date().toUTCString();
  return `HTTP/1.1 200 OK\r\ndate: ${date}\r\ncontent-length: ${Buffer.byteLength(page)}\r\n\r\n${page}`;
}

function progressOf(bytes: Buffer): Progress {
  const end = bytes.indexOf('\r\n\r\n');
  if (end === -1) return { bytes: bytes.length, headBytes: null, totalBytes: null };
  const headBytes = end + 4;
  const length = /\r\ncontent-length: (\d+)/i.exec(bytes.toString('latin1', 0, headBytes))?.[1];
  return { bytes: bytes.length, headBytes, totalBytes: headBytes + Number(length ?? 0) };
}

/** The text of the reply in a whole request. */
export function textOf(request: Buffer): string {
  return /(?:&body=|name="body"\r\n\r\n)([\w-]+)/.exec(request.toString('latin1'))?.[1] ?? '';
}
