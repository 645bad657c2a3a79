-- {"calculations":[{"op":"COUNT"}],"breakdowns":["attributes.name"],"filters":[{"column":"attributes.name","op":"exists"}]}
SELECT *
FROM (
  SELECT multiIf(grouping(k0) = 0, 2, grouping(b) = 0, 1, 0) AS kind, b AS bucket, k0 AS g0, sum(a0) AS v0, groupArray(tuple(b, a0)) AS points
  FROM (
    SELECT k0, b, sum(w) AS a0
    FROM (
      SELECT CAST(CAST(attributes.{p0:Identifier}, 'Nullable(String)'), 'Nullable(String)') AS k0, toUInt32((toUnixTimestamp64Nano(start_time) - 1790035200000000000 + 0.5) * (1 / 60000000000)) AS b, toUInt64(greatest(sample_rate, 1)) AS w
      FROM spans
      WHERE start_time >= fromUnixTimestamp64Nano({p1:Int64}, 'UTC') AND start_time < fromUnixTimestamp64Nano({p2:Int64}, 'UTC') AND environment = {p3:String} AND ((NOT ifNull(protocol = {p4:String}, 0)) AND (attributes.{p5:Identifier} IS NOT NULL))
      UNION ALL
      SELECT CAST(CAST(attributes.{p7:Identifier}, 'Nullable(String)'), 'Nullable(String)') AS k0, toUInt32((toUnixTimestamp64Nano(time) - 1790035200000000000 + 0.5) * (1 / 60000000000)) AS b, toUInt64(greatest(sample_rate, 1)) AS w
      FROM logs
      WHERE time >= fromUnixTimestamp64Nano({p8:Int64}, 'UTC') AND time < fromUnixTimestamp64Nano({p9:Int64}, 'UTC') AND environment = {p10:String} AND ((attributes.{p11:Identifier} IS NOT NULL))
      UNION ALL
      SELECT CAST(CAST(attributes.{p13:Identifier}, 'Nullable(String)'), 'Nullable(String)') AS k0, toUInt32((toUnixTimestamp64Nano(time) - 1790035200000000000 + 0.5) * (1 / 60000000000)) AS b, toUInt64(greatest({p14:Int64}, 1)) AS w
      FROM occurrences
      WHERE time >= fromUnixTimestamp64Nano({p15:Int64}, 'UTC') AND time < fromUnixTimestamp64Nano({p16:Int64}, 'UTC') AND environment = {p17:String} AND ((attributes.{p18:Identifier} IS NOT NULL) AND ifNull(protocol = {p20:String}, 0))
      UNION ALL
      SELECT CAST(CAST(attributes.{p21:Identifier}, 'Nullable(String)'), 'Nullable(String)') AS k0, toUInt32((toUnixTimestamp64Nano(time) - 1790035200000000000 + 0.5) * (1 / 60000000000)) AS b, toUInt64(greatest(sample_rate, 1)) AS w
      FROM events
      WHERE time >= fromUnixTimestamp64Nano({p22:Int64}, 'UTC') AND time < fromUnixTimestamp64Nano({p23:Int64}, 'UTC') AND environment = {p24:String} AND ((attributes.{p25:Identifier} IS NOT NULL)))
    GROUP BY k0, b)
  GROUP BY GROUPING SETS ((k0), (b), ()))
ORDER BY kind, bucket * (kind = 1), v0 DESC NULLS LAST, g0 NULLS LAST
LIMIT 101 BY if(kind = 2, 0, bucket + kind + 1)
-- p0 = name
-- p1 = 1790035200000000000
-- p2 = 1790035800000000000
-- p3 = pinned
-- p4 = honeycomb
-- p5 = name
-- p6 = name
-- p7 = name
-- p8 = 1790035200000000000
-- p9 = 1790035800000000000
-- p10 = pinned
-- p11 = name
-- p12 = name
-- p13 = name
-- p14 = 1
-- p15 = 1790035200000000000
-- p16 = 1790035800000000000
-- p17 = pinned
-- p18 = name
-- p19 = name
-- p20 = rollbar
-- p21 = name
-- p22 = 1790035200000000000
-- p23 = 1790035800000000000
-- p24 = pinned
-- p25 = name
-- p26 = name

SELECT key, groupUniqArray(type), groupUniqArray(signal), max(on_resource), toInt64(toUnixTimestamp(max(last_seen))), toInt64(toUnixTimestamp(toDateTime(min(day), 'UTC')))
FROM column_keys
WHERE key IN ({p0:String}, {p1:String})
GROUP BY key
-- p0 = attributes.name
-- p1 = name

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
