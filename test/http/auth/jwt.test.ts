/** A JWT is accepted only if it is signed with the right key, for this gateway, by this issuer, and not expired. */

import {
  createHmac,
  createSecretKey,
  generateKeyPairSync,
  type KeyObject,
  sign as signBytes,
} from 'node:crypto';
import { inspect } from 'node:util';
import { CompactEncrypt, exportJWK, type JWK } from 'jose';
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { createJwtVerifier } from '../../../src/http/auth/jwt.ts';
import { JwtKeysUnavailable, type VerifyJwt } from '../../../src/http/auth/verified-jwt.ts';
import { askJson, type HttpAnswer } from '../../support/gateway/ask.ts';
import {
  audience,
  gatewayToken,
  inSeconds,
  issuer,
  type KeyKind,
  type KeyPair,
  makeKeys,
  pemOf,
  type SignOptions,
  secret,
  sign,
} from '../../support/gateway/issuer.ts';
import { startGateway, type TestGateway } from '../../support/gateway/start-gateway.ts';
import { until } from '../../support/until.ts';
import { answerJson, type Respond, startUpstream } from '../../support/upstream/start-upstream.ts';

afterEach(() => void vi.useRealTimers());

const kinds: readonly KeyKind[] = ['RSA', 'P-256', 'P-384', 'P-521', 'Ed25519'];
const keys: Readonly<Record<KeyKind, KeyPair>> = {
  RSA: makeKeys('RSA'),
  'P-256': makeKeys('P-256'),
  'P-384': makeKeys('P-384'),
  'P-521': makeKeys('P-521'),
  Ed25519: makeKeys('Ed25519'),
};
const secretKey = createSecretKey(Buffer.from(secret));
const strangers = makeKeys('RSA');

const algorithms: readonly (readonly [alg: string, kind: KeyKind])[] = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'].map((alg) => [alg, 'RSA'] as const),
  ['ES256', 'P-256'],
  ['ES384', 'P-384'],
  ['ES512', 'P-521'],
  ['EdDSA', 'Ed25519'],
  ['Ed25519', 'Ed25519'],
];

const verifierOf = (key: URL | KeyObject) => createJwtVerifier({ key, proxy: null, issuer, audience });
const bySecret = verifierOf(secretKey);
const byRsa = verifierOf(keys.RSA.publicKey);

async function jwk(key: KeyObject, more: Partial<JWK> = {}): Promise<JWK> {
  return { ...(await exportJWK(key)), ...more };
}

interface KeySet {
  readonly url: URL;
  readonly fetches: () => number;
  /** The response from now on. */
  respond: Respond;
}

async function startKeySet(...published: readonly JWK[]): Promise<KeySet> {
  const upstream = await startUpstream((response, request) => keySet.respond(response, request));
  const keySet: KeySet = {
    url: new URL(`${upstream.url}/.well-known/jwks.json`),
    fetches: () => upstream.requests.length,
    respond: answerJson({ keys: published }),
  };
  return keySet;
}

/** From now on, the wall clock and the monotonic clock change only by `letPass` and `moveWallClock`. */
function stopClocks(): void {
  if (!vi.isFakeTimers()) vi.useFakeTimers({ toFake: ['Date', 'performance'] });
}

function letPass(seconds: number): void {
  stopClocks();
  vi.advanceTimersByTime(seconds * 1000);
}

/** Changes the wall clock alone. */
function moveWallClock(seconds: number): void {
  stopClocks();
  vi.setSystemTime(Date.now() + seconds * 1000);
}

const notValid = { fault: 'The token is not valid.' };
const good = { claims: expect.objectContaining({ iss: issuer, sub: 'me' }) };

const base64 = (value: unknown) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

/** A token that the issuer would not create. */
function forge(header: unknown, payload: unknown, signature: (signed: string) => Buffer): string {
  const signed = `${base64(header)}.${base64(payload)}`;
  return `${signed}.${signature(signed).toString('base64url')}`;
}

const claims = () => ({ iss: issuer, aud: audience, exp: inSeconds(600), sub: 'me' });
const unsigned = () => Buffer.alloc(0);
const hmac = (key: string | Buffer) => (signed: string) => createHmac('sha256', key).update(signed).digest();
const byStranger = (signed: string) => signBytes('sha256', Buffer.from(signed), strangers.privateKey);

describe('accepts a valid token', () => {
  test.each(algorithms)('signed by %s, with a key from the configuration', async (alg, kind) => {
    const token = await sign({ sub: 'me' }, { key: keys[kind].privateKey, header: { alg } });
    expect(await verifierOf(keys[kind].publicKey)(token)).toEqual(good);
    expect(await byKeysOf(...kinds.filter((it) => it !== kind))(token)).toEqual(
      kinds.slice(1).map(() => notValid),
    );
  });

  test.each(algorithms)('signed by %s, with a key from a set', async (alg, kind) => {
    const set = await Promise.all(kinds.map((it) => jwk(keys[it].publicKey, { kid: it, use: 'sig' })));
    const verify = verifierOf((await startKeySet(...set)).url);
    const options = { key: keys[kind].privateKey, header: { alg, kid: kind } };
    expect(await verify(await sign({ sub: 'me' }, options))).toEqual(good);
    expect(await verify(await sign({ sub: 'me' }, { ...options, header: { alg } }))).toEqual(good);
  });

  test.each(['HS256', 'HS384', 'HS512'])('signed by %s, with the secret', async (alg) => {
    expect(await bySecret(await sign({ sub: 'me' }, { header: { alg } }))).toEqual(good);
  });
});

/** Verifies with a key of each of these kinds. */
function byKeysOf(...others: readonly KeyKind[]) {
  return (token: string) => Promise.all(others.map((kind) => verifierOf(keys[kind].publicKey)(token)));
}

describe('the claims', () => {
  const owner = expect.objectContaining({ sub: 'me' });
  const expired = { fault: 'The token has expired.', owner };
  const early = { fault: 'The token is not valid yet.', owner };
  const noExp = { fault: 'The token has no valid expiry time.' };
  const elsewhere = { fault: 'The token is from another issuer.' };
  const others = { fault: 'The token is for another audience.' };

  test.each<[claims: () => object, result: unknown]>([
    [() => ({ exp: inSeconds(1) }), good],
    [() => ({ exp: inSeconds(-10) }), good],
    [() => ({ exp: inSeconds(-60) }), expired],
    [() => ({ exp: 0 }), expired],
    [() => ({ exp: -1 }), expired],
    [() => ({ exp: inSeconds(600) + 0.5 }), good],
    [() => ({ exp: undefined }), noExp],
    [() => ({ exp: null }), noExp],
    [() => ({ exp: String(inSeconds(600)) }), noExp],
    [() => ({ exp: [inSeconds(600)] }), noExp],
    [() => ({ exp: true }), noExp],
    [() => ({ nbf: inSeconds(-60) }), good],
    [() => ({ nbf: inSeconds(10) }), good],
    [() => ({ nbf: inSeconds(60) }), early],
    [() => ({ nbf: String(inSeconds(-60)) }), early],
    [() => ({ iss: 'https://login.test' }), elsewhere],
    [() => ({ iss: 'https://login.test/x' }), elsewhere],
    [() => ({ iss: 'https://LOGIN.test/' }), elsewhere],
    [() => ({ iss: [issuer] }), elsewhere],
    [() => ({ iss: '' }), elsewhere],
    [() => ({ iss: undefined }), elsewhere],
    [() => ({ aud: [audience] }), good],
    [() => ({ aud: ['another', audience] }), good],
    [() => ({ aud: 'another' }), others],
    [() => ({ aud: ['another', `${audience}2`] }), others],
    [() => ({ aud: `another ${audience}` }), others],
    [() => ({ aud: [[audience]] }), others],
    [() => ({ aud: { 0: audience } }), others],
    [() => ({ aud: [] }), others],
    [() => ({ aud: '' }), others],
    [() => ({ aud: undefined }), others],
    [() => ({ iss: 'x', aud: 'x', exp: 0 }), elsewhere],
  ])('%s are checked', async (make, result) => {
    expect(await bySecret(await sign({ sub: 'me', ...make() }))).toEqual(result);
    const options = { key: keys.RSA.privateKey, header: { alg: 'RS256' } };
    expect(await byRsa(await sign({ sub: 'me', ...make() }, options))).toEqual(result);
  });

  test('rejects a token that expires while the gateway runs', async () => {
    const token = await sign({ sub: 'me' });
    expect(await bySecret(token)).toEqual(good);
    letPass(3600 + 25);
    expect(await bySecret(token)).toEqual(good);
    letPass(10);
    expect(await bySecret(token)).toEqual(expired);
  });
});

describe('rejects a forged token', () => {
  const rsaPem = pemOf(keys.RSA.publicKey);
  const strangersJwk = strangers.publicKey.export({ format: 'jwk' });
  const evil = 'https://evil.test/jwks.json';
  const x5c = [strangers.publicKey.export({ type: 'spki', format: 'der' }).toString('base64')];

  const forgeries: Record<string, () => string | Promise<string>> = {
    'alg none': () => forge({ alg: 'none' }, claims(), unsigned),
    'alg none in another letter case': () => forge({ alg: 'nOnE' }, claims(), unsigned),
    'alg none with a signature': () => forge({ alg: 'none' }, claims(), hmac(rsaPem)),
    'no alg': () => forge({ typ: 'JWT' }, claims(), unsigned),
    'alg null': () => forge({ alg: null }, claims(), unsigned),
    'a list as alg': () => forge({ alg: ['RS256'] }, claims(), byStranger),
    'RS256 without a signature': () => forge({ alg: 'RS256' }, claims(), unsigned),
    'ES256 with zeros': () => forge({ alg: 'ES256' }, claims(), () => Buffer.alloc(64)),
    'HS256 without a signature': () => forge({ alg: 'HS256' }, claims(), unsigned),
    'HS256 with zeros': () => forge({ alg: 'HS256' }, claims(), () => Buffer.alloc(32)),
    'HS256 with an empty secret': () => forge({ alg: 'HS256' }, claims(), hmac('')),
    'HS256 with the public key in PEM': () => forge({ alg: 'HS256' }, claims(), hmac(rsaPem)),
    'HS256 with the public key in PEM, trimmed': () => forge({ alg: 'HS256' }, claims(), hmac(rsaPem.trim())),
    'HS256 with the public key in DER': () =>
      forge(
        { alg: 'HS256', kid: 'RSA' },
        claims(),
        hmac(keys.RSA.publicKey.export({ type: 'spki', format: 'der' })),
      ),
    'HS256 with the modulus': () =>
      forge(
        { alg: 'HS256', kid: 'RSA' },
        claims(),
        hmac(Buffer.from(String(keys.RSA.publicKey.export({ format: 'jwk' }).n), 'base64url')),
      ),
    'HS256 with another secret': () => sign(claims(), { key: `${secret}!` }),
    'RS256 with another key': () => forge({ alg: 'RS256' }, claims(), byStranger),
    'RS256 with another key and a known key id': () =>
      forge({ alg: 'RS256', kid: 'RSA' }, claims(), byStranger),
    'RS256 with another key in the header': () =>
      forge({ alg: 'RS256', jwk: strangersJwk }, claims(), byStranger),
    'RS256 with another key in the header under a known key id': () =>
      forge({ alg: 'RS256', kid: 'RSA', jwk: { ...strangersJwk, kid: 'RSA' } }, claims(), byStranger),
    'RS256 with another key at a URL in the header': () =>
      forge({ alg: 'RS256', kid: 'RSA', jku: evil, x5u: evil }, claims(), byStranger),
    'RS256 with another certificate in the header': () =>
      forge({ alg: 'RS256', kid: 'RSA', x5c }, claims(), byStranger),
    'a critical extension': () =>
      forge({ alg: 'RS256', kid: 'RSA', crit: ['exp'], exp: 1 }, claims(), (signed) =>
        signBytes('sha256', Buffer.from(signed), keys.RSA.privateKey),
      ),
    'an unencoded payload': () => forge({ alg: 'HS256', crit: ['b64'], b64: false }, claims(), hmac(secret)),
    'a key id that is an object': () => forge({ alg: 'RS256', kid: { RSA: 1 } }, claims(), byStranger),
    'a path as the key id': () => forge({ alg: 'HS256', kid: '../../dev/null' }, claims(), hmac('')),
    '__proto__ as the key id': () => forge({ alg: 'RS256', kid: '__proto__' }, claims(), byStranger),
    'constructor as the algorithm': () => forge({ alg: 'constructor' }, claims(), byStranger),
    'an unknown algorithm': () => forge({ alg: 'XX256', kid: 'RSA' }, claims(), byStranger),
    'a payload with other claims': async () => {
      const [head, , signature] = (await sign(claims())).split('.');
      return [head, base64({ ...claims(), sub: 'another' }), signature].join('.');
    },
    'a header with another key id': async () => {
      const [, payload, signature] = (await sign(claims())).split('.');
      return [base64({ alg: 'HS256', kid: 'x' }), payload, signature].join('.');
    },
    'a truncated signature': async () => (await sign(claims())).slice(0, -4),
    'a signature of another token': async () => {
      const [head, payload] = (await sign(claims())).split('.');
      return [head, payload, (await sign({ ...claims(), sub: 'another' })).split('.')[2]].join('.');
    },
    'a JWE': () =>
      new CompactEncrypt(Buffer.from(JSON.stringify(claims())))
        .setProtectedHeader({ alg: 'RSA-OAEP-256', enc: 'A256GCM' })
        .encrypt(keys.RSA.publicKey),
    'a JWE with the secret': () =>
      new CompactEncrypt(Buffer.from(JSON.stringify(claims())))
        .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
        .encrypt(createSecretKey(Buffer.from(secret).subarray(0, 32))),
    'a payload that is not an object': () => forge({ alg: 'HS256' }, [claims()], hmac(secret)),
    'a payload that is null': () => forge({ alg: 'HS256' }, null, hmac(secret)),
    'a payload that is not JSON': () => forge({ alg: 'HS256' }, 'nonsense', hmac(secret)),
    'an empty payload': () => forge({ alg: 'HS256' }, '', hmac(secret)),
    'a header that is not an object': () => forge([], claims(), hmac(secret)),
    'a header that is null': () => forge(null, claims(), hmac(secret)),
    'a header that is not JSON': () => forge('nonsense', claims(), hmac(secret)),
    'a header with many levels': () => forge(`${'['.repeat(3_000)}`, claims(), hmac(secret)),
    'two parts': async () => (await sign(claims())).split('.').slice(0, 2).join('.'),
    'four parts': async () => `${await sign(claims())}.x`,
    'one part': () => 'nonsense',
    'no part': () => '',
    dots: () => '..',
    'four dots': () => '....',
    'a signature that is not base64url': async () => `${await sign(claims())}$`,
    'characters beyond ASCII': () => 'é.é.é',
    'a long token': () => `${'a'.repeat(10_000)}.b.c`,
  };

  const sets = Promise.all(kinds.map((kind) => jwk(keys[kind].publicKey, { kid: kind })));

  test.each(Object.entries(forgeries))('%s', async (_name, make) => {
    const token = await make();
    const set = await startKeySet(...(await sets));
    const verifiers: VerifyJwt[] = [
      bySecret,
      verifierOf(set.url),
      ...kinds.map((kind) => verifierOf(keys[kind].publicKey)),
    ];
    for (const verify of verifiers) expect(await verify(token)).toEqual(notValid);
  });

  test('signed correctly with another kind of key', async () => {
    const byKey = await sign(claims(), { key: keys.RSA.privateKey, header: { alg: 'RS256' } });
    expect(await bySecret(byKey)).toEqual(notValid);
    expect(await byRsa(await sign(claims()))).toEqual(notValid);
    expect(await verifierOf((await startKeySet(...(await sets))).url)(await sign(claims()))).toEqual(
      notValid,
    );
  });

  test('signed with a secret that the set publishes', async () => {
    const set = await startKeySet({ ...(await exportJWK(secretKey)), kid: 'a', alg: 'HS256' });
    expect(await verifierOf(set.url)(await sign(claims(), { header: { kid: 'a' } }))).toEqual(notValid);
  });

  test('signed with a key of the set that is for encryption', async () => {
    const set = await startKeySet(await jwk(keys.RSA.publicKey, { kid: 'a', use: 'enc' }));
    const token = await sign(claims(), { key: keys.RSA.privateKey, header: { alg: 'RS256', kid: 'a' } });
    expect(await verifierOf(set.url)(token)).toEqual(notValid);
  });

  test('checks the signature before the claims', async () => {
    const old = { ...claims(), exp: 0, iss: 'x', aud: 'x' };
    for (const verify of [bySecret, byRsa]) {
      expect(await verify(forge({ alg: 'RS256' }, old, byStranger))).toEqual(notValid);
      expect(await verify(await sign(old, { key: `${secret}!` }))).toEqual(notValid);
    }
  });
});

describe('a set of keys', () => {
  const oldKey: SignOptions = { key: keys.RSA.privateKey, header: { alg: 'RS256', kid: 'old' } };
  const newKey: SignOptions = { key: keys['P-256'].privateKey, header: { alg: 'ES256', kid: 'new' } };
  const oldJwk = () => jwk(keys.RSA.publicKey, { kid: 'old' });
  const newJwk = () => jwk(keys['P-256'].publicKey, { kid: 'new' });

  test('is fetched once for many tokens, also for concurrent ones', async () => {
    const set = await startKeySet(await oldJwk());
    const verify = verifierOf(set.url);
    expect(set.fetches()).toBe(0);
    const tokens = await Promise.all(Array.from({ length: 50 }, () => sign({ sub: 'me' }, oldKey)));
    expect(await Promise.all(tokens.map(verify))).toEqual(tokens.map(() => good));
    for (const token of tokens) expect(await verify(token)).toEqual(good);
    expect(set.fetches()).toBe(1);
  });

  test('is fetched at most once a second for unknown key ids', async () => {
    const set = await startKeySet(await oldJwk());
    const verify = verifierOf(set.url);
    const unknown = (kid: string) => sign({ sub: 'me' }, { ...oldKey, header: { alg: 'RS256', kid } });
    stopClocks();
    // The set that was fetched for it does not contain it.
    expect(await verify(await unknown('first'))).toEqual(notValid);
    expect(set.fetches()).toBe(1);
    for (const fetches of [2, 3]) {
      for (let index = 0; index < 20; index++) {
        expect(await verify(await unknown(`unknown-${index}`))).toEqual(notValid);
      }
      const tokens = await Promise.all(Array.from({ length: 20 }, () => unknown('another')));
      expect(await Promise.all(tokens.map(verify))).toEqual(tokens.map(() => notValid));
      expect(set.fetches()).toBe(fetches);
      letPass(1);
    }
  });

  test('can replace its key: the new one is accepted immediately, the old one rejected', async () => {
    const set = await startKeySet(await oldJwk());
    const verify = verifierOf(set.url);
    const [byOld, byNew] = await Promise.all([sign({ sub: 'me' }, oldKey), sign({ sub: 'me' }, newKey)]);
    expect(await verify(byOld)).toEqual(good);
    set.respond = answerJson({ keys: [await oldJwk(), await newJwk()] });
    // All concurrent requests wait for the one fetch.
    expect(await Promise.all([byNew, byNew, byOld, byNew].map(verify))).toEqual([good, good, good, good]);
    expect(await verify(byOld)).toEqual(good);
    expect(set.fetches()).toBe(2);

    set.respond = answerJson({ keys: [await newJwk()] });
    letPass(9 * 60);
    expect(await verify(byOld)).toEqual(good);
    expect(set.fetches()).toBe(2);
    letPass(2 * 60);
    expect(await verify(byOld)).toEqual(notValid);
    expect(await verify(byNew)).toEqual(good);
    expect(set.fetches()).toBe(3);
  });

  test('can have a new key one second after a search for an unknown one', async () => {
    const set = await startKeySet(await oldJwk());
    const verify = verifierOf(set.url);
    const [byOld, byNew] = await Promise.all([sign({ sub: 'me' }, oldKey), sign({ sub: 'me' }, newKey)]);
    stopClocks();
    expect(await verify(byOld)).toEqual(good);
    expect(await verify(byNew)).toEqual(notValid);
    set.respond = answerJson({ keys: [await oldJwk(), await newJwk()] });
    letPass(1);
    expect(await verify(byNew)).toEqual(good);
    expect(set.fetches()).toBe(3);
  });

  test('serves known keys while a fetch for an unknown key fails', async () => {
    const set = await startKeySet(await oldJwk());
    const verify = verifierOf(set.url);
    const [byOld, byNew] = await Promise.all([sign({ sub: 'me' }, oldKey), sign({ sub: 'me' }, newKey)]);
    expect(await verify(byOld)).toEqual(good);
    set.respond = answerJson({}, 500);
    letPass(31);
    await expect(verify(byNew)).rejects.toThrow(JwtKeysUnavailable);
    expect(await verify(byOld)).toEqual(good);
    set.respond = answerJson({ keys: [await oldJwk(), await newJwk()] });
    await expect(verify(byNew)).rejects.toThrow(JwtKeysUnavailable);
    expect(await verify(byOld)).toEqual(good);
    expect(set.fetches()).toBe(2);
    letPass(6);
    expect(await verify(byNew)).toEqual(good);
  });

  describe('if the clock is set back by an hour', () => {
    test('is fetched again five seconds after a failure', async () => {
      stopClocks();
      const set = await startKeySet(await oldJwk());
      const verify = verifierOf(set.url);
      const token = await sign({ sub: 'me' }, oldKey);
      const { respond } = set;
      set.respond = answerJson({}, 500);
      await expect(verify(token)).rejects.toThrow(JwtKeysUnavailable);
      moveWallClock(-3600);
      set.respond = respond;
      letPass(4);
      await expect(verify(token)).rejects.toThrow(JwtKeysUnavailable);
      expect(set.fetches()).toBe(1);
      letPass(1);
      expect(await verify(token)).toEqual(good);
    });

    test('has a new key one second after a search for an unknown one', async () => {
      stopClocks();
      const set = await startKeySet(await oldJwk());
      const verify = verifierOf(set.url);
      const [byOld, byNew] = await Promise.all([sign({ sub: 'me' }, oldKey), sign({ sub: 'me' }, newKey)]);
      expect(await verify(byOld)).toEqual(good);
      expect(await verify(byNew)).toEqual(notValid);
      moveWallClock(-3600);
      set.respond = answerJson({ keys: [await oldJwk(), await newJwk()] });
      expect(await verify(byNew)).toEqual(notValid);
      letPass(1);
      expect(await verify(byNew)).toEqual(good);
    });

    test('loses a removed key after ten minutes', async () => {
      stopClocks();
      const set = await startKeySet(await oldJwk());
      const verify = verifierOf(set.url);
      const byOld = await sign({ sub: 'me' }, oldKey);
      expect(await verify(byOld)).toEqual(good);
      moveWallClock(-3600);
      set.respond = answerJson({ keys: [await newJwk()] });
      letPass(9 * 60);
      expect(await verify(byOld)).toEqual(good);
      letPass(60);
      expect(await verify(byOld)).toEqual(notValid);
    });
  });

  test('is fetched again after a suspension of the machine, during which only the wall clock runs', async () => {
    stopClocks();
    const set = await startKeySet(await oldJwk());
    const verify = verifierOf(set.url);
    const byOld = await sign({ sub: 'me' }, oldKey);
    expect(await verify(byOld)).toEqual(good);
    set.respond = answerJson({ keys: [await newJwk()] });
    moveWallClock(10 * 60);
    expect(await verify(byOld)).toEqual(notValid);
  });

  describe('with several matching keys', () => {
    const second = makeKeys('RSA');
    const by = (pair: KeyPair, kid?: string): SignOptions => ({
      key: pair.privateKey,
      header: { alg: 'RS256', ...(kid && { kid }) },
    });
    const sets: Record<string, () => Promise<readonly JWK[]>> = {
      'with ids': async () => [await oldJwk(), await jwk(second.publicKey, { kid: 'second', use: 'sig' })],
      'without ids': async () => [await jwk(keys.RSA.publicKey), await jwk(second.publicKey)],
      'next to others': async () => [
        await newJwk(),
        { kty: 'RSA', kid: 'x' },
        await oldJwk(),
        await jwk(strangers.publicKey, { kid: 'stranger', use: 'enc' }),
        await jwk(second.publicKey, { kid: 'second' }),
      ],
    };

    test.each(Object.entries(sets))('accepts a token without a key id: %s', async (_name, make) => {
      const set = await startKeySet(...(await make()));
      const verify = verifierOf(set.url);
      for (const _time of [1, 2]) {
        expect(await verify(await sign({ sub: 'me' }, by(keys.RSA)))).toEqual(good);
        expect(await verify(await sign({ sub: 'me' }, by(second)))).toEqual(good);
        expect(await verify(await sign({ sub: 'me' }, by(strangers)))).toEqual(notValid);
        expect(await verify(await sign({ sub: 'me', exp: 0 }, by(strangers)))).toEqual(notValid);
        for (const pair of [keys.RSA, second]) {
          const expired = await sign({ sub: 'me', exp: inSeconds(-60) }, by(pair));
          expect(await verify(expired)).toMatchObject({ fault: 'The token has expired.' });
          const foreign = await sign({ sub: 'me', iss: 'x' }, by(pair));
          expect(await verify(foreign)).toEqual({ fault: 'The token is from another issuer.' });
        }
      }
      expect(set.fetches()).toBe(1);
    });

    test('uses only the key that the token names', async () => {
      const verify = verifierOf((await startKeySet(...((await sets['with ids']?.()) ?? []))).url);
      expect(await verify(await sign({ sub: 'me' }, by(second, 'second')))).toEqual(good);
      expect(await verify(await sign({ sub: 'me' }, by(second, 'old')))).toEqual(notValid);
    });

    test('skips a key that is too short', async () => {
      const { publicKey: short } = generateKeyPairSync('rsa', { modulusLength: 1024 });
      const verify = verifierOf((await startKeySet(await jwk(short), await jwk(second.publicKey))).url);
      expect(await verify(await sign({ sub: 'me' }, by(second)))).toEqual(good);
    });
  });

  test('can contain unreadable keys', async () => {
    const set = await startKeySet({ kty: 'XYZ', kid: 'x' }, { kty: 'RSA', kid: 'y' }, await oldJwk());
    expect(await verifierOf(set.url)(await sign({ sub: 'me' }, oldKey))).toEqual(good);
  });
});

describe('a gateway that cannot fetch the keys', () => {
  const query = 'query { replyLimits { attachmentMaxBytes } }';
  const options: SignOptions = { key: keys.RSA.privateKey, header: { alg: 'RS256', kid: 'RSA' } };

  function start(url: URL): Promise<TestGateway> {
    return startGateway({
      DASHLY_TOKEN: gatewayToken,
      JWT_JWKS_URL: url.href,
      JWT_ISSUER: issuer,
      JWT_AUDIENCE: audience,
    });
  }

  function expectUnavailable({ status, text, headers }: HttpAnswer, token: string): void {
    expect(status).toBe(503);
    expect(JSON.parse(text)).toEqual({
      errors: [
        {
          message: 'Tokens cannot be verified at the moment; retry in 5 seconds.',
          extensions: { code: 'SERVICE_UNAVAILABLE' },
        },
      ],
    });
    expect(headers['www-authenticate']).toBeUndefined();
    expect(text + JSON.stringify(headers)).not.toContain(token);
  }

  const set = async () => ({ keys: [await jwk(keys.RSA.publicKey, { kid: 'RSA' })] });
  const troubles: Record<string, (where: URL) => Promise<Respond> | Respond> = {
    'a 500': () => answerJson({}, 500),
    'a 404': () => answerJson({}, 404),
    'a 401': () => answerJson({}, 401),
    'a 204': () => (response) => void response.writeHead(204).end(),
    'a 500 with keys': async () => answerJson(await set(), 500),
    'a redirect': (where) => (response, request) =>
      request.path.includes('elsewhere')
        ? set().then((json) => answerJson(json)(response, request))
        : void response.writeHead(302, { location: new URL('/elsewhere', where).href }).end(),
    'not JSON': () => answerJson('<html>'),
    'truncated JSON': () => answerJson('{"keys": ['),
    'not a set': () => answerJson({ key: [] }),
    'a list': async () => answerJson((await set()).keys),
    'keys that are not objects': () => answerJson({ keys: ['a', null] }),
    null: () => answerJson('null'),
    nothing: () => answerJson(''),
    'a broken connection': () => (response) => response.destroy(),
    'a set that is too large': async () => answerJson({ ...(await set()), more: 'x'.repeat(1024 * 1024) }),
    'a set without an end': () => (response) => {
      const more = Buffer.alloc(64 * 1024, ' ');
      const write = () => {
        while (!response.closed && response.write(more));
      };
      response.writeHead(200).on('drain', write);
      write();
    },
    'an error without an end': () => (response) => void response.writeHead(500).write(' '),
    'half of a response': () => (response) => {
      response.writeHead(200, { 'content-length': '100' }).write('{"keys');
      setTimeout(() => response.destroy(), 20);
    },
  };

  async function expectTrouble(makeRespond: (where: URL) => Promise<Respond> | Respond): Promise<void> {
    const keySet = await startKeySet();
    keySet.respond = await makeRespond(keySet.url);
    const gateway = await start(keySet.url);
    const token = await sign({ dashly_admin_id: '1' }, options);
    const authorization = `Bearer ${token}`;
    stopClocks();
    expectUnavailable(await askJson(gateway.url, { query }, { authorization }), token);
    expect(gateway.errors).toEqual([expect.any(JwtKeysUnavailable)]);
    expect(inspect(gateway.errors, { depth: 9 })).not.toContain(token);
    expect((await askJson(gateway.url, { query }, { authorization: 'Token x' })).status).toBe(401);
    expect((await fetch(`${gateway.origin}/ready`)).status).toBe(200);

    keySet.respond = answerJson(await set());
    const fetches = keySet.fetches();
    expectUnavailable(await askJson(gateway.url, { query }, { authorization }), token);
    expect([keySet.fetches(), gateway.errors.length]).toEqual([fetches, 1]);
    letPass(6);
    for (const _time of [1, 2]) {
      expect((await askJson(gateway.url, { query }, { authorization })).status).toBe(200);
    }
    expect(gateway.errors).toHaveLength(1);
  }

  test.each(Object.entries(troubles))('if the response is %s', (_name, makeRespond) =>
    expectTrouble(makeRespond),
  );

  test.each<[name: string, respond: Respond]>([
    ['nothing', () => {}],
    ['half of a response', (response) => void response.writeHead(200).write('{"keys')],
  ])('if for five seconds the response is %s', (_name, respond) => expectTrouble(() => respond));

  test('stops reading an endless set', async () => {
    const keySet = await startKeySet();
    let isClosed = false;
    keySet.respond = (response) => {
      response.on('close', () => {
        isClosed = true;
      });
      response.writeHead(200).write(Buffer.alloc(2 * 1024 * 1024, ' '));
    };
    await expect(verifierOf(keySet.url)(await sign({}, options))).rejects.toThrow(JwtKeysUnavailable);
    await until(() => expect(isClosed).toBe(true));
  });

  test('if the connection is refused', async () => {
    const gateway = await start(new URL('http://127.0.0.1:1/'));
    const token = await sign({}, options);
    stopClocks();
    for (const _time of [1, 2]) {
      expectUnavailable(await askJson(gateway.url, { query }, { authorization: `Bearer ${token}` }), token);
    }
    expect(gateway.errors).toHaveLength(1);
    letPass(6);
    for (const _time of [1, 2]) {
      expectUnavailable(await askJson(gateway.url, { query }, { authorization: `Bearer ${token}` }), token);
    }
    expect(gateway.errors).toHaveLength(2);
  });

  test('fetches and logs once in five seconds, also for concurrent requests', async () => {
    const keySet = await startKeySet();
    keySet.respond = answerJson({}, 500);
    const gateway = await start(keySet.url);
    const token = await sign({}, options);
    const askMany = async () => {
      const authorization = `Bearer ${token}`;
      const asked = Array.from({ length: 20 }, () => askJson(gateway.url, { query }, { authorization }));
      for (const answer of await Promise.all(asked)) expectUnavailable(answer, token);
    };
    stopClocks();
    for (const times of [1, 2]) {
      await askMany();
      letPass(4);
      await askMany();
      expect([keySet.fetches(), gateway.errors.length]).toEqual([times, times]);
      letPass(2);
    }
  });

  test('responds with 401 to malformed tokens without a fetch', async () => {
    const keySet = await startKeySet();
    const gateway = await start(keySet.url);
    for (const authorization of ['Bearer', 'Bearer nonsense', 'Bearer a.b.c', `Bearer ${await sign()}`]) {
      expect((await askJson(gateway.url, { query }, { authorization })).status).toBe(401);
    }
    expect(keySet.fetches()).toBe(0);
    expect(gateway.errors).toEqual([]);
  });

  test('responds with 401 to each forged token and logs nothing', async () => {
    const keySet = await startKeySet(...(await set()).keys);
    const gateway = await start(keySet.url);
    onTestFinished(() => expect(gateway.errors).toEqual([]));
    for (const header of [
      { alg: 'none' },
      { alg: 'RS256' },
      { alg: 'ES256' },
      { alg: 'RS256', kid: 'x' },
      0,
    ]) {
      const authorization = `Bearer ${forge(header, claims(), byStranger)}`;
      expect((await askJson(gateway.url, { query }, { authorization })).status).toBe(401);
    }
  });
});
