-- {"calculations":[{"op":"COUNT"}],"filters":[{"column":"http.route","op":"does-not-match","value":"/a"}]}
SELECT *
FROM (
  SELECT if(grouping(b) = 0, 1, 0) AS kind, b AS bucket, sum(a0) AS v0
  FROM (
    SELECT b, sum(w) AS a0
    FROM (
      SELECT toUInt32((toUnixTimestamp64Nano(start_time) - 1790035200000000000 + 0.5) * (1 / 60000000000)) AS b, toUInt64(greatest(sample_rate, 1)) AS w
      FROM spans
      WHERE start_time >= fromUnixTimestamp64Nano({p0:Int64}, 'UTC') AND start_time < fromUnixTimestamp64Nano({p1:Int64}, 'UTC') AND environment = {p2:String} AND ((NOT ifNull(protocol = {p3:String}, 0)) AND (NOT ifNull(match(CAST(attributes.{p4:Identifier}, 'Nullable(String)'), {p5:String}), 0)))
      UNION ALL
      SELECT toUInt32((toUnixTimestamp64Nano(time) - 1790035200000000000 + 0.5) * (1 / 60000000000)) AS b, toUInt64(greatest(sample_rate, 1)) AS w
      FROM logs
      WHERE time >= fromUnixTimestamp64Nano({p6:Int64}, 'UTC') AND time < fromUnixTimestamp64Nano({p7:Int64}, 'UTC') AND environment = {p8:String} AND ((NOT ifNull(match(CAST(attributes.{p9:Identifier}, 'Nullable(String)'), {p10:String}), 0)))
      UNION ALL
      SELECT toUInt32((toUnixTimestamp64Nano(time) - 1790035200000000000 + 0.5) * (1 / 60000000000)) AS b, toUInt64(greatest({p11:Int64}, 1)) AS w
      FROM occurrences
      WHERE time >= fromUnixTimestamp64Nano({p12:Int64}, 'UTC') AND time < fromUnixTimestamp64Nano({p13:Int64}, 'UTC') AND environment = {p14:String} AND ((NOT ifNull(match(CAST(attributes.{p15:Identifier}, 'Nullable(String)'), {p16:String}), 0)) AND ifNull(protocol = {p17:String}, 0))
      UNION ALL
      SELECT toUInt32((toUnixTimestamp64Nano(time) - 1790035200000000000 + 0.5) * (1 / 60000000000)) AS b, toUInt64(greatest(sample_rate, 1)) AS w
      FROM events
      WHERE time >= fromUnixTimestamp64Nano({p18:Int64}, 'UTC') AND time < fromUnixTimestamp64Nano({p19:Int64}, 'UTC') AND environment = {p20:String} AND ((NOT ifNull(match(CAST(attributes.{p21:Identifier}, 'Nullable(String)'), {p22:String}), 0))))
    GROUP BY b)
  GROUP BY GROUPING SETS ((b), ()))
ORDER BY kind, bucket * (kind = 1)
LIMIT 101 BY if(kind = 2, 0, bucket + kind + 1)
-- p0 = 1790035200000000000
-- p1 = 1790035800000000000
-- p2 = pinned
-- p3 = honeycomb
-- p4 = http.route
-- p5 = /a
-- p6 = 1790035200000000000
-- p7 = 1790035800000000000
-- p8 = pinned
-- p9 = http.route
-- p10 = /a
-- p11 = 1
-- p12 = 1790035200000000000
-- p13 = 1790035800000000000
-- p14 = pinned
-- p15 = http.route
-- p16 = /a
-- p17 = rollbar
-- p18 = 1790035200000000000
-- p19 = 1790035800000000000
-- p20 = pinned
-- p21 = http.route
-- p22 = /a

SELECT key, groupUniqArray(type), groupUniqArray(signal), max(on_resource), toInt64(toUnixTimestamp(max(last_seen))), toInt64(toUnixTimestamp(toDateTime(min(day), 'UTC')))
FROM column_keys
WHERE key IN ({p0:String})
GROUP BY key
-- p0 = http.route

SELECT {p0:Int64} AS c0
FROM events
WHERE time >= fromUnixTimestamp64Nano({p1:Int64}, 'UTC') AND time < fromUnixTimestamp64Nano({p2:Int64}, 'UTC') AND environment = {p3:String} AND ifNull(sample_rate > {p4:Int64}, 0)
LIMIT 2
-- p0 = 1
-- p1 = 1790035200000000000
-- p2 = 1790035800000000000
-- p3 = pinned
-- p4 = 1

SELECT {p0:Int64} AS c0
FROM logs
WHERE time >= fromUnixTimestamp64Nano({p1:Int64}, 'UTC') AND time < fromUnixTimestamp64Nano({p2:Int64}, 'UTC') AND environment = {p3:String}
LIMIT 2
-- p0 = 1
-- p1 = 1790035200000000000
-- p2 = 1790035800000000000
-- p3 = pinned

SELECT {p0:Int64} AS c0
FROM logs
WHERE time >= fromUnixTimestamp64Nano({p1:Int64}, 'UTC') AND time < fromUnixTimestamp64Nano({p2:Int64}, 'UTC') AND environment = {p3:String} AND ifNull(sample_rate > {p4:Int64}, 0)
LIMIT 2
-- p0 = 1
-- p1 = 1790035200000000000
-- p2 = 1790035800000000000
-- p3 = pinned
-- p4 = 1

SELECT {p0:Int64} AS c0
FROM occurrences
WHERE time >= fromUnixTimestamp64Nano({p1:Int64}, 'UTC') AND time < fromUnixTimestamp64Nano({p2:Int64}, 'UTC') AND environment = {p3:String} AND ifNull(protocol = {p4:String}, 0)
LIMIT 2
-- p0 = 1
-- p1 = 1790035200000000000
-- p2 = 1790035800000000000
-- p3 = pinned
-- p4 = rollbar

SELECT {p0:Int64} AS c0
FROM spans
WHERE start_time >= fromUnixTimestamp64Nano({p1:Int64}, 'UTC') AND start_time < fromUnixTimestamp64Nano({p2:Int64}, 'UTC') AND environment = {p3:String} AND (ifNull(sample_rate > {p4:Int64}, 0) AND (NOT ifNull(protocol = {p5:String}, 0)))
LIMIT 2
-- p0 = 1
-- p1 = 1790035200000000000
-- p2 = 1790035800000000000
-- p3 = pinned
-- p4 = 1
-- p5 = honeycomb
