-- {"calculations":[{"op":"COUNT"}],"compare_time_offset_seconds":1800}
SELECT *
FROM (
  SELECT if(grouping(b) = 0, 1, 0) AS kind, b AS bucket, sum(a0) AS v0
  FROM (
    SELECT b, sum(w) AS a0
    FROM (
      SELECT toUInt32((toUnixTimestamp64Nano(start_time) - 1790033400000000000 + 0.5) * (1 / 60000000000)) AS b, toUInt64(greatest(sample_rate, 1)) AS w
      FROM spans
      WHERE start_time >= fromUnixTimestamp64Nano({p0:Int64}, 'UTC') AND start_time < fromUnixTimestamp64Nano({p1:Int64}, 'UTC') AND environment = {p2:String} AND ((NOT ifNull(protocol = {p3:String}, 0)))
      UNION ALL
      SELECT toUInt32((toUnixTimestamp64Nano(time) - 1790033400000000000 + 0.5) * (1 / 60000000000)) AS b, toUInt64(greatest(sample_rate, 1)) AS w
      FROM logs
      WHERE time >= fromUnixTimestamp64Nano({p4:Int64}, 'UTC') AND time < fromUnixTimestamp64Nano({p5:Int64}, 'UTC') AND environment = {p6:String} AND 1
      UNION ALL
      SELECT toUInt32((toUnixTimestamp64Nano(time) - 1790033400000000000 + 0.5) * (1 / 60000000000)) AS b, toUInt64(greatest({p7:Int64}, 1)) AS w
      FROM occurrences
      WHERE time >= fromUnixTimestamp64Nano({p8:Int64}, 'UTC') AND time < fromUnixTimestamp64Nano({p9:Int64}, 'UTC') AND environment = {p10:String} AND (ifNull(protocol = {p11:String}, 0))
      UNION ALL
      SELECT toUInt32((toUnixTimestamp64Nano(time) - 1790033400000000000 + 0.5) * (1 / 60000000000)) AS b, toUInt64(greatest(sample_rate, 1)) AS w
      FROM events
      WHERE time >= fromUnixTimestamp64Nano({p12:Int64}, 'UTC') AND time < fromUnixTimestamp64Nano({p13:Int64}, 'UTC') AND environment = {p14:String} AND 1)
    GROUP BY b)
  GROUP BY GROUPING SETS ((b), ()))
ORDER BY kind, bucket * (kind = 1)
LIMIT 101 BY if(kind = 2, 0, bucket + kind + 1)
-- p0 = 1790033400000000000
-- p1 = 1790034000000000000
-- p2 = pinned
-- p3 = honeycomb
-- p4 = 1790033400000000000
-- p5 = 1790034000000000000
-- p6 = pinned
-- p7 = 1
-- p8 = 1790033400000000000
-- p9 = 1790034000000000000
-- p10 = pinned
-- p11 = rollbar
-- p12 = 1790033400000000000
-- p13 = 1790034000000000000
-- p14 = pinned

SELECT *
FROM (
  SELECT if(grouping(b) = 0, 1, 0) AS kind, b AS bucket, sum(a0) AS v0
  FROM (
    SELECT b, sum(w) AS a0
    FROM (
      SELECT toUInt32((toUnixTimestamp64Nano(start_time) - 1790035200000000000 + 0.5) * (1 / 60000000000)) AS b, toUInt64(greatest(sample_rate, 1)) AS w
      FROM spans
      WHERE start_time >= fromUnixTimestamp64Nano({p0:Int64}, 'UTC') AND start_time < fromUnixTimestamp64Nano({p1:Int64}, 'UTC') AND environment = {p2:String} AND ((NOT ifNull(protocol = {p3:String}, 0)))
      UNION ALL
      SELECT toUInt32((toUnixTimestamp64Nano(time) - 1790035200000000000 + 0.5) * (1 / 60000000000)) AS b, toUInt64(greatest(sample_rate, 1)) AS w
      FROM logs
      WHERE time >= fromUnixTimestamp64Nano({p4:Int64}, 'UTC') AND time < fromUnixTimestamp64Nano({p5:Int64}, 'UTC') AND environment = {p6:String} AND 1
      UNION ALL
      SELECT toUInt32((toUnixTimestamp64Nano(time) - 1790035200000000000 + 0.5) * (1 / 60000000000)) AS b, toUInt64(greatest({p7:Int64}, 1)) AS w
      FROM occurrences
      WHERE time >= fromUnixTimestamp64Nano({p8:Int64}, 'UTC') AND time < fromUnixTimestamp64Nano({p9:Int64}, 'UTC') AND environment = {p10:String} AND (ifNull(protocol = {p11:String}, 0))
      UNION ALL
      SELECT toUInt32((toUnixTimestamp64Nano(time) - 1790035200000000000 + 0.5) * (1 / 60000000000)) AS b, toUInt64(greatest(sample_rate, 1)) AS w
      FROM events
      WHERE time >= fromUnixTimestamp64Nano({p12:Int64}, 'UTC') AND time < fromUnixTimestamp64Nano({p13:Int64}, 'UTC') AND environment = {p14:String} AND 1)
    GROUP BY b)
  GROUP BY GROUPING SETS ((b), ()))
ORDER BY kind, bucket * (kind = 1)
LIMIT 101 BY if(kind = 2, 0, bucket + kind + 1)
-- p0 = 1790035200000000000
-- p1 = 1790035800000000000
-- p2 = pinned
-- p3 = honeycomb
-- p4 = 1790035200000000000
-- p5 = 1790035800000000000
-- p6 = pinned
-- p7 = 1
-- p8 = 1790035200000000000
-- p9 = 1790035800000000000
-- p10 = pinned
-- p11 = rollbar
-- p12 = 1790035200000000000
-- p13 = 1790035800000000000
-- p14 = pinned

SELECT {p0:Int64} AS c0
FROM events
WHERE time >= fromUnixTimestamp64Nano({p1:Int64}, 'UTC') AND time < fromUnixTimestamp64Nano({p2:Int64}, 'UTC') AND environment = {p3:String} AND ifNull(sample_rate > {p4:Int64}, 0)
LIMIT 2
-- p0 = 1
-- p1 = 1790033400000000000
-- p2 = 1790035800000000000
-- p3 = pinned
-- p4 = 1

SELECT {p0:Int64} AS c0
FROM logs
WHERE time >= fromUnixTimestamp64Nano({p1:Int64}, 'UTC') AND time < fromUnixTimestamp64Nano({p2:Int64}, 'UTC') AND environment = {p3:String}
LIMIT 2
-- p0 = 1
-- p1 = 1790033400000000000
-- p2 = 1790035800000000000
-- p3 = pinned

SELECT {p0:Int64} AS c0
FROM logs
WHERE time >= fromUnixTimestamp64Nano({p1:Int64}, 'UTC') AND time < fromUnixTimestamp64Nano({p2:Int64}, 'UTC') AND environment = {p3:String} AND ifNull(sample_rate > {p4:Int64}, 0)
LIMIT 2
-- p0 = 1
-- p1 = 1790033400000000000
-- p2 = 1790035800000000000
-- p3 = pinned
-- p4 = 1

SELECT {p0:Int64} AS c0
FROM occurrences
WHERE time >= fromUnixTimestamp64Nano({p1:Int64}, 'UTC') AND time < fromUnixTimestamp64Nano({p2:Int64}, 'UTC') AND environment = {p3:String} AND ifNull(protocol = {p4:String}, 0)
LIMIT 2
-- p0 = 1
-- p1 = 1790033400000000000
-- p2 = 1790035800000000000
-- p3 = pinned
-- p4 = rollbar

SELECT {p0:Int64} AS c0
FROM spans
WHERE start_time >= fromUnixTimestamp64Nano({p1:Int64}, 'UTC') AND start_time < fromUnixTimestamp64Nano({p2:Int64}, 'UTC') AND environment = {p3:String} AND (ifNull(sample_rate > {p4:Int64}, 0) AND (NOT ifNull(protocol = {p5:String}, 0)))
LIMIT 2
-- p0 = 1
-- p1 = 1790033400000000000
-- p2 = 1790035800000000000
-- p3 = pinned
-- p4 = 1
-- p5 = honeycomb
