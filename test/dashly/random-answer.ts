/** Random answers to a reply, documented ones and others, the same for the same seed. */

import type { Random } from '../support/random-selection.ts';
import { type DocumentedActionKind, replyTypes, types, vias } from './documented-shape.ts';

export type Data = Record<string, unknown>;

function pick<Item>(random: Random, items: readonly Item[]): Item {
  return items[Math.floor(random() * items.length)] as Item;
}

/** The `data` of a documented answer, sometimes with fields that the documentation does not have. */
export function randomData(random: Random): Data {
  const number = (below: number) => Math.floor(random() * below);
  const oneOf = <Item>(...items: readonly Item[]) => pick(random, items);
  const nameIn = (names: string) => oneOf(...names.split(' '));
  const listOf = (make: () => unknown) => Array.from({ length: number(3) }, make);
  /** Nullable fields may also be absent. */
  const maybe = (make: () => unknown) => (random() < 0.6 ? make() : oneOf(null, undefined));
  const anId = () => (random() < 0.8 ? `${1 + number(9)}${number(1e15)}` : number(Number.MAX_SAFE_INTEGER));
  const aTime = () => number(2e9) + oneOf(0, 0.25);
  const text = () => oneOf('', 'Hello', '🎉\u0000</script>', 'https://files.dashly.app/a.png', '5');
  const object = () => oneOf<object>({}, { id: 1 }, { list: [1, null, { deep: [{}] }], ключ: 'значение' });
  const anAdmin = () => ({
    id: anId(),
    name: text(),
    avatar: maybe(text),
    type: nameIn('admin bot'),
    name_internal: text(),
  });
  const defaultOne = () => ({ name: text(), avatar: maybe(text), type: 'default_admin' });
  const attachedFile = () => ({
    type: 'file',
    id: anId(),
    filename: text(),
    mime_type: text(),
    size: number(2 ** 31),
    url: text(),
    created: aTime(),
    a_new_field: text(),
  });
  const actions: { readonly [Kind in DocumentedActionKind]: () => object } = {
    quickReply: () => ({ type: 'quick_reply', body: text(), meta_data: maybe(object) }),
  };
  const action = () => oneOf(...Object.values(actions))();
  const part = () => ({
    id: anId(),
    conversation: random() < 0.8 ? anId() : { id: anId(), closed: true },
    part_group: maybe(anId),
    created: aTime(),
    edited: maybe(aTime),
    removed: maybe(aTime),
    body: text(),
    body_json: maybe(object),
    meta_data: maybe(object),
    direction: maybe(() => nameIn('a2u u2a')),
    type: nameIn(types),
    sent_via: maybe(() => nameIn(`${vias} `)),
    reply_type: maybe(() => nameIn(replyTypes)),
    actions: maybe(() => listOf(action)),
    external_id: maybe(text),
    random_id: maybe(() => number(2 ** 32) - 2 ** 31),
    from: maybe(() => oneOf<unknown>(anId(), anAdmin(), defaultOne())),
    a_new_field: maybe(object),
  });
  const data = {
    ...part(),
    attachments: maybe(() => listOf(attachedFile)),
    read: maybe(() => random() < 0.5),
    first: maybe(() => random() < 0.5),
    inbound_email: maybe(anId),
    assign_part: maybe(() => ({
      ...part(),
      assignee: maybe(() => oneOf<object>(anAdmin(), defaultOne())),
    })),
  };
  // Without the fields that are undefined.
  return JSON.parse(JSON.stringify(data));
}

type Path = readonly (string | number)[];

/** One field of an answer has another value. */
export interface Damage {
  readonly data: Data;
  readonly owner: 'part' | 'assignPart';
  /** The path of the field in this part, such as `attachments.*.size`. */
  readonly place: string;
  readonly value: unknown;
}

/** A value that stands for none. */
export const absent = Symbol('absent');

/** Values of every type: each is undocumented for most fields. */
const values = [absent, null, true, 5, -1, 1.5, 1e300, '', '5', 'hologram', [], [5], {}, { type: 5 }];

export function damageRandomly(random: Random, intact: Data): Damage {
  const path = pick(random, pathsIn(intact));
  const value = pick(random, values);
  const isAssigned = path[0] === 'assign_part';
  const steps = (isAssigned ? path.slice(1) : path).map((step) => (typeof step === 'number' ? '*' : step));
  const owner = isAssigned ? 'assignPart' : 'part';
  return { data: withValue(intact, path, value), owner, place: steps.join('.'), value };
}

/** The paths of the documented fields in a value, at every level. */
function pathsIn(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [];
  // Its fields are reported under other names; undocumented.test.ts has them.
  if ((value as Data)['type'] === 'default_admin') return [];
  return Object.entries(value).flatMap(([key, child]) => {
    if (['a_new_field', 'name_internal'].includes(key)) return [];
    const own = [...path, Array.isArray(value) ? Number(key) : key];
    if (['body_json', 'meta_data', 'conversation'].includes(key)) return [own];
    return [...(key === 'assign_part' ? [] : [own]), ...pathsIn(child, own)];
  });
}

/** A copy with this value at the path. */
function withValue(data: Data, path: Path, value: unknown): Data {
  const copy = structuredClone(data);
  const [last = ''] = path.slice(-1);
  const parent = path.slice(0, -1).reduce((object, step) => object[step] as Data, copy);
  if (value !== absent) parent[last] = value;
  else if (Array.isArray(parent)) parent.splice(Number(last), 1);
  else delete parent[last];
  return copy;
}
