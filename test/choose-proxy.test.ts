/** Which servers are reached through the proxy. */

import { expect, test } from 'vitest';
import { chooseProxy } from '../src/choose-proxy.ts';

const HTTPS_PROXY = new URL('http://proxy:3128');

test.each<[exceptions: string[], url: string, isThroughProxy: boolean]>([
  [[], 'https://api.dashly.app/v2', true],
  [[], 'http://localhost:3000', false],
  [['*'], 'https://api.dashly.app/v2', false],
  [['dashly.app'], 'https://api.dashly.app/v2', false],
  [['.dashly.app'], 'https://api.dashly.app/v2', false],
  [['*.dashly.app'], 'https://api.dashly.app/v2', false],
  [['API.Dashly.App'], 'https://api.dashly.app/v2', false],
  [['ashly.app'], 'https://api.dashly.app/v2', true],
  [['api'], 'https://api.dashly.app/v2', true],
  [['dashly.app:443'], 'https://api.dashly.app/v2', false],
  [['dashly.app:8443'], 'https://api.dashly.app/v2', true],
  [['dashly.app:8443'], 'https://dashly.app:8443/v2', false],
  [['10.0.0.0/8'], 'https://10.1.2.3', true],
  [['10.1.2.3'], 'https://10.1.2.3', false],
  [['[::1]'], 'https://[::1]:5000', false],
  [['::1'], 'https://[::1]', false],
  [['0:0:0:0:0:0:0:1'], 'https://[::1]:5000', false],
  [['[0::1]:443'], 'https://[::1]', false],
  [['[::1]:443'], 'https://[::1]:5000', true],
  [['2001:DB8::1:5000'], 'https://[2001:db8::1]:5000', true],
  [['2001:DB8::1:5000'], 'https://[2001:db8::1:5000]', false],
  [['::2'], 'https://[::1]', true],
  [['::1%lo', '[', '[]', '[::1]:'], 'https://[::1]', true],
  [['a.example', 'localhost'], 'https://localhost', false],
])('with NO_PROXY %j to %s: %s', (NO_PROXY, url, isThroughProxy) => {
  expect(chooseProxy({ HTTPS_PROXY, NO_PROXY }, new URL(url)) !== null).toBe(isThroughProxy);
  expect(chooseProxy({ HTTPS_PROXY: null, NO_PROXY }, new URL(url))).toBeNull();
});
