/** An outcome survives being stored as text, in every field and digit. */

import { expect, test } from 'vitest';
import { parseExactJson } from '../../src/conversation/exact-json.ts';
import type { ReplyOutcome } from '../../src/conversation/reply-outcome.ts';
import { decodeReply } from '../../src/dashly/decode-part.ts';
import { collectUndocumented } from '../../src/dashly/inspection/collect-undocumented.ts';
import { outcomeFromText, outcomeToText } from '../../src/store/stored-reply.ts';

/** Every time has microseconds, which need more digits than `JSON.parse` preserves. */
const data = `{
  "id": 18446744073709551615, "conversation": 7, "type": "note", "created": 1685352440.123456,
  "edited": 1685352441.654321, "removed": 1685352442.000001, "random_id": 77, "body": "Hi",
  "body_json": { "long": 12345678901234567890.5, "unsafe": 9007199254740994, "huge": 1e400, "time": 1685352440.123456 },
  "actions": [{ "type": "quick_reply", "body": "Yes", "meta_data": { "n": 9007199254740993 } }, { "type": "new", "n": 1e999 }],
  "attachments": [{
    "id": "1", "filename": "a.txt", "mime_type": "text/plain", "size": 2147483647, "url": "https://files.dashly.app/a.txt",
    "created": 1685352435.000001
  }],
  "assign_part": { "id": 2, "conversation": 7, "type": "assigned", "created": 1685352440.123457 }
}`;

test('a reply that was sent is read as it was stored', () => {
  const reply = decodeReply(parseExactJson(data), collectUndocumented().source);
  if (!reply) throw new Error('The data is not a reply.');
  const outcome: ReplyOutcome = { kind: 'sent', ...reply, replayed: false, recovered: false };
  const read = outcomeFromText(outcomeToText(outcome));
  expect(read).toEqual(outcome);
  expect(JSON.stringify(read)).toBe(JSON.stringify(outcome));
  // A time that a schema could not serve would differ here.
  expect(read).toMatchObject({
    part: { createdAt: 1685352440.123456, attachments: [{ createdAt: 1685352435.000001 }] },
    assignPart: { createdAt: 1685352440.123457 },
  });
});

test('a failure is read as it was stored', () => {
  const outcome: ReplyOutcome = {
    kind: 'tooManyRequests',
    message: 'Привет 👍 "\\\u2028',
    delivery: 'UNKNOWN',
    retryAfterSeconds: 2_147_483_647,
  };
  expect(outcomeFromText(outcomeToText(outcome))).toEqual(outcome);
});

/** `data`, as an earlier version stored it. Do not add fields here: the gateway must read what is stored already. */
const stored = `{"kind":"sent",
  "part":{"id":"18446744073709551615","conversation":{"id":"7"},"partGroup":null,"type":"NOTE",
  "direction":null,"sentVia":null,"from":null,"body":"Hi",
  "bodyJson":{"long":12345678901234567890.5,"unsafe":9007199254740994,"huge":1e400,"time":1685352440.123456},"metaData":{},"replyType":null,
  "actions":[{"kind":"quickReply","body":"Yes","metaData":{"n":9007199254740993}},{"kind":"otherAction","type":"new","data":{"type":"new","n":1e999}}],"externalId":null,"randomId":77,"createdAt":1685352440.123456,"editedAt":1685352441.654321,"removedAt":1685352442.000001,"kind":"conversationPart",
  "attachments":[{"id":"1","filename":"a.txt","mimeType":"text/plain","size":2147483647,"url":"https://files.dashly.app/a.txt","createdAt":1685352435.000001}],"read":null,"first":null,"inboundEmail":null},
  "assignPart":{"id":"2","conversation":{"id":"7"},"partGroup":null,"type":"ASSIGNED",
  "direction":null,"sentVia":null,"from":null,"body":"",
  "bodyJson":{},"metaData":{},"replyType":null,
  "actions":null,"externalId":null,"randomId":null,"createdAt":1685352440.123457,"editedAt":null,"removedAt":null,"kind":"assignPart","assignee":null},"replayed":false}`;

test('a reply that an earlier version stored has every field, by the defaults of src/store/stored-reply.ts', () => {
  const reply = decodeReply(parseExactJson(data), collectUndocumented().source);
  expect(outcomeFromText(stored)).toStrictEqual({
    kind: 'sent',
    ...reply,
    replayed: false,
    recovered: false,
  });
});
