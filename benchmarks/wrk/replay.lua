-- Replays requests from a file that benchmarks/workloads.py wrote, and prints the figures of the run as one line of JSON.
-- Arguments: file, number of the first request, first value of the mark. The mark counts up with every request.

local MARK = string.rep("#", 16)
local threads = 0

-- REPLAY_PORTS: a port for each thread.
local ports = {}
for port in string.gmatch(os.getenv("REPLAY_PORTS") or "", "%d+") do ports[#ports + 1] = port end

function setup(thread)
  thread:set("thread_index", threads)
  threads = threads + 1
  if ports[threads] then thread.addr = wrk.lookup("127.0.0.1", ports[threads])[1] end
end

local requests, at, mark = {}, 1, 0

local function pieces(text)
  local found, from = {}, 1
  while true do
    local first, last = string.find(text, MARK, from, true)
    if not first then
      found[#found + 1] = string.sub(text, from)
      return found
    end
    found[#found + 1] = string.sub(text, from, first - 1)
    from = last + 1
  end
end

function init(args)
  local file = assert(io.open(args[1], "rb"))
  while true do
    local length = file:read("*l")
    if not length then break end
    requests[#requests + 1] = pieces(file:read(tonumber(length)))
  end
  file:close()
  -- Threads start a fifth of a million apart: no run of a few seconds gets that far.
  at = (tonumber(args[2]) + thread_index * 200003) % #requests + 1
  mark = tonumber(args[3]) + thread_index * 200003
end

function request()
  local parts = requests[at]
  at = at % #requests + 1
  mark = mark + 1
  if parts[2] == nil then return parts[1] end
  return table.concat(parts, string.format("%016.0f", mark))
end

function done(summary, latency, _)
  local failures = summary.errors
  io.write(string.format(
    '\nFIGURES {"requests": %d, "microseconds": %d, "p50": %d, "p99": %d, "longest": %d, '
      .. '"connect": %d, "read": %d, "write": %d, "status": %d, "timeout": %d}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), latency.max,
    failures.connect, failures.read, failures.write, failures.status, failures.timeout
  ))
end
