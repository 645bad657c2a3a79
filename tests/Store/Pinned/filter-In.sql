-- {"calculations":[{"op":"COUNT"}],"filters":[{"column":"http.route","op":"in","value":["/a","/b"]}]}
SELECT *
FROM (
  SELECT if(grouping(b) = 0, 1, 0) AS kind, b AS bucket, sum(a0) AS v0
  FROM (
    SELECT b, sum(w) AS a0
    FROM (
      SELECT toUInt32((toUnixTimestamp64Nano(start_time) - 1790035200000000000 + 0.5) * (1 / 60000000000)) AS b, toUInt64(greatest(sample_rate, 1)) AS w
      FROM spans
      WHERE start_time >= fromUnixTimestamp64Nano({p0:Int64}, 'UTC') AND start_time < fromUnixTimestamp64Nano({p1:Int64}, 'UTC') AND environment = {p2:String} AND ((NOT ifNull(protocol = {p3:String}, 0)) AND ifNull(CAST(attributes.{p4:Identifier}, 'Nullable(String)') IN ({p5:String}, {p6:String}), 0))
      UNION ALL
      SELECT toUInt32((toUnixTimestamp64Nano(time) - 1790035200000000000 + 0.5) * (1 / 60000000000)) AS b, toUInt64(greatest(sample_rate, 1)) AS w
      FROM logs
      WHERE time >= fromUnixTimestamp64Nano({p7:Int64}, 'UTC') AND time < fromUnixTimestamp64Nano({p8:Int64}, 'UTC') AND environment = {p9:String} AND (ifNull(CAST(attributes.{p10:Identifier}, 'Nullable(String)') IN ({p11:String}, {p12:String}), 0))
      UNION ALL
      SELECT toUInt32((toUnixTimestamp64Nano(time) - 1790035200000000000 + 0.5) * (1 / 60000000000)) AS b, toUInt64(greatest({p13:Int64}, 1)) AS w
      FROM occurrences
      WHERE time >= fromUnixTimestamp64Nano({p14:Int64}, 'UTC') AND time < fromUnixTimestamp64Nano({p15:Int64}, 'UTC') AND environment = {p16:String} AND (ifNull(CAST(attributes.{p17:Identifier}, 'Nullable(String)') IN ({p18:String}, {p19:String}), 0) AND ifNull(protocol = {p20:String}, 0))
      UNION ALL
      SELECT toUInt32((toUnixTimestamp64Nano(time) - 1790035200000000000 + 0.5) * (1 / 60000000000)) AS b, toUInt64(greatest(sample_rate, 1)) AS w
      FROM events
      WHERE time >= fromUnixTimestamp64Nano({p21:Int64}, 'UTC') AND time < fromUnixTimestamp64Nano({p22:Int64}, 'UTC') AND environment = {p23:String} AND (ifNull(CAST(attributes.{p24:Identifier}, 'Nullable(String)') IN ({p25:String}, {p26:String}), 0)))
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
-- p6 = /b
-- p7 = 1790035200000000000
-- p8 = 1790035800000000000
-- p9 = pinned
-- p10 = http.route
-- p11 = /a
-- p12 = /b
-- p13 = 1
-- p14 = 1790035200000000000
-- p15 = 1790035800000000000
-- p16 = pinned
-- p17 = http.route
-- p18 = /a
-- p19 = /b
-- p20 = rollbar
-- p21 = 1790035200000000000
-- p22 = 1790035800000000000
-- p23 = pinned
-- p24 = http.route
-- p25 = /a
-- p26 = /b

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
