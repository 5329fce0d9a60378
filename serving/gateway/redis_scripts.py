"""The two steps on the shared state as Lua scripts, so that each step is atomic for all processes.

A deployment has a hash (breaker, cooldown, buckets) and a sorted set (leases by their expiry). Times are in
milliseconds; the server's clock counts unless the caller gives one.
"""

from __future__ import annotations

_CLOCK = """
local now = tonumber(ARGV[1])
if now == 0 then local t = redis.call('TIME') now = t[1] * 1000 + math.floor(t[2] / 1000) end
"""

# KEYS: hash, leases. ARGV: now, permit, requests per minute, tokens per minute, tokens wanted, concurrent calls, lease.
# Returns {what, until, why, probe, clean}; a limit of 0 means none. A refused call takes nothing.
ADMIT = (
    _CLOCK
    + """
local get = redis.call('HMGET', KEYS[1], 'cool_until', 'cool_why', 'open_until', 'open_why', 'probe_until', 'fails',
                       'rpm', 'rpm_at', 'tpm', 'tpm_at')
local cool, open, probing = tonumber(get[1] or 0), tonumber(get[3] or 0), tonumber(get[5] or 0)
if cool > now then return {'cooling_down', cool, get[2] or '', 0, 0} end
if open > now then return {'breaker_open', open, get[4] or '', 0, 0} end
if open > 0 and probing > now then return {'breaker_open', probing, get[4] or '', 0, 0} end
local rpm, tpm, wanted = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local atonce, lease = tonumber(ARGV[6]), tonumber(ARGV[7])

local function level(limit, kept, at)
  if limit == 0 then return 0 end
  local found = tonumber(kept or limit) + (now - tonumber(at or now)) * limit / 60000
  return math.min(limit, found)
end
local requests, tokens = level(rpm, get[7], get[8]), level(tpm, get[9], get[10])
if rpm > 0 and requests < 1 then
  return {'limit_reached', now + math.ceil((1 - requests) * 60000 / rpm), 'requests per minute', 0, 0}
end
-- A call larger than the whole bucket may pass when the bucket is full; the debt is paid before the next.
local needed = math.min(wanted, tpm)
if tpm > 0 and tokens < needed then
  return {'limit_reached', now + math.ceil((needed - tokens) * 60000 / tpm), 'tokens per minute', 0, 0}
end
if atonce > 0 then
  redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now)
  if redis.call('ZCARD', KEYS[2]) >= atonce then
    local first = redis.call('ZRANGE', KEYS[2], 0, 0, 'WITHSCORES')
    return {'limit_reached', tonumber(first[2]), 'concurrent calls', 0, 0}
  end
  redis.call('ZADD', KEYS[2], now + lease, ARGV[2])
  redis.call('PEXPIRE', KEYS[2], lease * 2)
end
if rpm > 0 then redis.call('HSET', KEYS[1], 'rpm', tostring(requests - 1), 'rpm_at', now) end
if tpm > 0 then redis.call('HSET', KEYS[1], 'tpm', tostring(tokens - wanted), 'tpm_at', now) end
local probe = 0
if open > 0 then
  redis.call('HSET', KEYS[1], 'probe_until', now + lease)
  probe = 1
end
local clean = 0
if open == 0 and not get[6] and rpm == 0 and tpm == 0 and atonce == 0 then clean = 1 end
return {'admitted', 0, '', probe, clean}
"""
)

# KEYS: hash, leases. ARGV: now, permit, outcome (ok, fail, cool, unused), kind, cool, threshold, tokens to give back,
# requests to give back, tokens per minute, requests per minute, longest opening.
SETTLE = (
    _CLOCK
    + """
local hash, outcome, kind, cool = KEYS[1], ARGV[3], ARGV[4], tonumber(ARGV[5])
redis.call('ZREM', KEYS[2], ARGV[2])
local function give(name, back, limit)
  if back ~= 0 and limit > 0 then
    local found = tonumber(redis.call('HGET', hash, name) or limit) + back
    redis.call('HSET', hash, name, tostring(math.min(limit, found)))
  end
end
give('tpm', tonumber(ARGV[7]), tonumber(ARGV[9]))
give('rpm', tonumber(ARGV[8]), tonumber(ARGV[10]))
local opened = tonumber(redis.call('HGET', hash, 'open_until') or 0)
if outcome == 'unused' then
  redis.call('HDEL', hash, 'probe_until')
elseif outcome == 'ok' then
  redis.call('HDEL', hash, 'fails', 'open_until', 'open_why', 'opens', 'probe_until')
elseif outcome == 'cool' then
  -- A pause is never shortened: a request for 5 s leaves an earlier pause of 60 s in place.
  local until_ = math.max(tonumber(redis.call('HGET', hash, 'cool_until') or 0), now + cool)
  redis.call('HSET', hash, 'cool_until', until_, 'cool_why', kind)
  redis.call('HDEL', hash, 'probe_until')
else
  local fails = redis.call('HINCRBY', hash, 'fails', 1)
  if opened > 0 or fails >= tonumber(ARGV[6]) then
    local opens = redis.call('HINCRBY', hash, 'opens', 1)
    local pause = math.min(cool * 2 ^ math.min(opens - 1, 10), tonumber(ARGV[11]))
    redis.call('HSET', hash, 'open_until', math.max(opened, now + math.max(pause, 1000)), 'open_why', kind)
    redis.call('HDEL', hash, 'probe_until')
  end
end
redis.call('PEXPIRE', hash, 172800000)
return 1
"""
)
