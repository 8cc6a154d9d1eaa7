/**
 * The Lua scripts that change the record of an idempotency key, a hash in Redis. Times are in milliseconds, by the clock of Redis.
 *
 * | field         | value                                                                                |
 * | ------------- | ------------------------------------------------------------------------------------ |
 * | `fingerprint` | of the input                                                                         |
 * | `token`       | of the run that claimed the key                                                      |
 * | `randomIds`   | of its reply                                                                         |
 * | `startedAt`   | when it claimed the key                                                              |
 * | `state`       | `running`, `ended` with an outcome, or `freed` with one for the calls that waited    |
 * | `until`       | when a running run counts as crashed                                                 |
 * | `outcome`     | of a run that is ended or freed                                                      |
 * | `lookUpAt`    | when the next call may look up an unknown outcome; missing if the outcome is known   |
 *
 * The next call with the key claims it if there is no record, or a freed one; otherwise it waits, or gets the outcome.
 */

/** Claims the key for one run. */
export const claimScript = `
local fingerprint, token, maxRunMs, ttlMs, awaitedToken, randomIds, lookUpIntervalMs = unpack(ARGV)
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local function text(number) return string.format('%d', number) end

local names = {'fingerprint', 'token', 'state', 'until', 'outcome', 'randomIds', 'startedAt', 'lookUpAt'}
local record = {}
for index, value in ipairs(redis.call('HMGET', KEYS[1], unpack(names))) do record[names[index]] = value end

local isFreed = record.state == 'freed'
if isFreed and record.token == awaitedToken then return {'ended', record.outcome} end
if isFreed or not record.token then
  redis.call('DEL', KEYS[1])
  redis.call('HSET', KEYS[1], 'fingerprint', fingerprint, 'token', token, 'state', 'running',
    'until', text(now + maxRunMs), 'randomIds', randomIds, 'startedAt', text(now), 'lookUpAt', '0')
  redis.call('PEXPIRE', KEYS[1], maxRunMs + ttlMs)
  return {'claimed'}
end
if record.fingerprint ~= fingerprint then return {'conflict'} end
if record.state == 'running' and tonumber(record['until']) >= now then return {'running', record.token} end

local state, outcome = record.state == 'ended' and 'ended' or 'crashed', record.outcome or ''
if not record.lookUpAt or tonumber(record.lookUpAt) > now then return {state, outcome} end
redis.call('HSET', KEYS[1], 'lookUpAt', text(now + lookUpIntervalMs))
return {state, outcome, record.token, record.randomIds, text(now - record.startedAt)}
`;

/** Replaces the unknown outcome of a run by the one that a look-up found. */
export const recordScript = `
local token, outcome, ttlMs = unpack(ARGV)
if redis.call('HGET', KEYS[1], 'token') ~= token then return end
if not redis.call('HGET', KEYS[1], 'lookUpAt') then return end
redis.call('HSET', KEYS[1], 'state', 'ended', 'outcome', outcome)
redis.call('HDEL', KEYS[1], 'lookUpAt')
redis.call('PEXPIRE', KEYS[1], ttlMs)
`;

/** Ends a run, unless another run has claimed the key, or a look-up has found its reply. */
export const endScript = `
local token, state, outcome, fingerprint, ttlMs, freedMs, isKnown = unpack(ARGV)
local claimedBy, before, lookUpAt = unpack(redis.call('HMGET', KEYS[1], 'token', 'state', 'lookUpAt'))
if claimedBy and claimedBy ~= token then return end
if before == 'ended' and not lookUpAt then return end
if state == 'ended' then
  redis.call('HSET', KEYS[1], 'fingerprint', fingerprint, 'token', token, 'state', state, 'outcome', outcome)
  if isKnown == 'known' then redis.call('HDEL', KEYS[1], 'lookUpAt') end
  redis.call('PEXPIRE', KEYS[1], ttlMs)
elseif claimedBy and state == 'freed' then
  redis.call('HSET', KEYS[1], 'state', state, 'outcome', outcome)
  redis.call('PEXPIRE', KEYS[1], freedMs)
else
  redis.call('DEL', KEYS[1])
end
`;
