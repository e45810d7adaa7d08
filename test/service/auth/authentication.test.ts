import { createHmac } from 'node:crypto';
import { authenticate, verifyKey } from '../../../src/service/auth/authentication.js';
import { openKeys } from '../../../src/service/auth/keys.js';
import type { Keys } from '../../../src/service/auth/keys.js';
import { Tokens, TOKEN_SECONDS } from '../../../src/service/auth/tokens.js';
import { closeTemporaryKvs, temporaryKv } from './temporary-kv.js';

const initial = { accessKeyId: 'DBKI1', secretAccessKey: 'a:secret' };
const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;

describe('authentication', () => {
  let time = 1_700_000_000_000;
  let keys: Keys;
  let tokens: Tokens;
  const who = async (authorization?: string) =>
    (await authenticate(authorization, keys, tokens))?.accessKeyId;
  beforeEach(async () => {
    keys = await openKeys({ kv: await temporaryKv(), now: () => time, initial });
    tokens = new Tokens(keys, () => time);
  });
  afterEach(closeTemporaryKvs);

  test('Basic takes key and secret, which may contain colons', async () => {
    expect(await who(basic('DBKI1:a:secret'))).toBe('DBKI1');
    expect(await who(basic('DBKI1:a:secret').replace('Basic', 'basic  '))).toBe('DBKI1');
  });

  test.each([
    ['nothing', undefined],
    ['an empty header', ''],
    ['a wrong secret', basic('DBKI1:wrong')],
    ['an empty secret', basic('DBKI1:')],
    ['no secret', basic('DBKI1')],
    ['an unknown key', basic('DBKI2:a:secret')],
    ['an unknown key without a secret', basic('DBKI2:')],
    ['another scheme', 'Digest DBKI1:a:secret'],
    ['no token', 'Bearer'],
    ['rubbish for a token', 'Bearer a.b.c']
  ])('%s opens nothing', async (_, authorization) => {
    expect(await who(authorization)).toBeUndefined();
  });

  test('a token stands for its key until it expires', async () => {
    const { token, expiresAt } = tokens.issue(keys.own);
    expect(expiresAt).toBe(time / 1000 + TOKEN_SECONDS);
    expect(await who(`Bearer ${token}`)).toBe('DBKI1');
    time += TOKEN_SECONDS * 1000;
    expect(await who(`Bearer ${token}`)).toBeUndefined();
  });

  test('a token ends with its key', async () => {
    const short = await keys.create('jo', { expiresAt: time + 60_000 });
    const { token, expiresAt } = tokens.issue(short);
    expect(expiresAt).toBe(time / 1000 + 60);
    expect(await who(`Bearer ${token}`)).toBe(short.accessKeyId);
    await keys.delete(short.accessKeyId);
    expect(await who(`Bearer ${token}`)).toBeUndefined();
  });

  test('a token cannot be altered, nor choose how it is verified', async () => {
    const { token } = tokens.issue(keys.own);
    const [header, claims, signature] = token.split('.') as [string, string, string];
    const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const longer = encode({ sub: 'DBKI1', iat: 0, exp: 9e9 });
    const unsigned = encode({ alg: 'none', typ: 'JWT' });
    const foreign = createHmac('sha256', 'guess').update(`${header}.${claims}`).digest('base64url');
    for (const forged of [
      `${header}.${longer}.${signature}`,
      `${unsigned}.${claims}.`,
      `${unsigned}.${claims}.${signature}`,
      `${header}.${claims}.${foreign}`,
      `${header}.${claims}.`,
      `${header}.${claims}`,
      `${token}.more`
    ]) {
      expect(await tokens.verify(forged)).toBeUndefined();
    }
  });

  test("another installation's token opens nothing", async () => {
    const elsewhere = await openKeys({ kv: await temporaryKv(), now: () => time, initial });
    const { token } = new Tokens(elsewhere, () => time).issue(elsewhere.own);
    expect(await who(`Bearer ${token}`)).toBeUndefined();
  });

  test('a key is verified by its whole secret', async () => {
    expect(await verifyKey(keys, 'DBKI1', 'a:secret')).toEqual(keys.own);
    expect(await verifyKey(keys, 'DBKI1', 'a:secre')).toBeUndefined();
  });
});
