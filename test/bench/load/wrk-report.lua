-- Repeats one request, and reports the results as JSON: wrk's own output is for people.
-- Arguments: the file of the body, then headers as "Name: value".

function init(args)
  local file = assert(io.open(args[1], "rb"))
  local body = file:read("*a")
  file:close()
  local lines = { "POST " .. wrk.path .. " HTTP/1.1", "Host: " .. wrk.headers["Host"] }
  for i = 2, #args do
    lines[#lines + 1] = args[i]
  end
  lines[#lines + 1] = "Content-Length: " .. #body
  local request = table.concat(lines, "\r\n") .. "\r\n\r\n" .. body
  -- wrk calls this once, and repeats the result. Its own function puts the headers in another order in each process, and V8 compiles
  -- code for the order that it has seen.
  wrk.format = function()
    return request
  end
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '\n{"requests":%d,"seconds":%f,"p50Ms":%f,"p99Ms":%f,"failures":%d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
