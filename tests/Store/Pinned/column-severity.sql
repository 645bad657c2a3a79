-- {"calculations":[{"op":"COUNT"}],"breakdowns":["severity"],"filters":[{"column":"severity","op":"exists"}]}
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
      SELECT CAST(toString(if((ifNull(protocol = {p7:String}, 0) AND ifNull(severity = {p8:String}, 0)), {p9:String}, nullIf(severity, {p10:String}))), 'Nullable(String)') AS k0, toUInt32((toUnixTimestamp64Nano(time) - 1790035200000000000 + 0.5) * (1 / 60000000000)) AS b, toUInt64(greatest(sample_rate, 1)) AS w
      FROM logs
      WHERE time >= fromUnixTimestamp64Nano({p11:Int64}, 'UTC') AND time < fromUnixTimestamp64Nano({p12:Int64}, 'UTC') AND environment = {p13:String} AND ((if((ifNull(protocol = {p14:String}, 0) AND ifNull(severity = {p15:String}, 0)), {p16:String}, nullIf(severity, {p17:String})) IS NOT NULL))
      UNION ALL
      SELECT CAST(CAST(attributes.{p18:Identifier}, 'Nullable(String)'), 'Nullable(String)') AS k0, toUInt32((toUnixTimestamp64Nano(time) - 1790035200000000000 + 0.5) * (1 / 60000000000)) AS b, toUInt64(greatest({p19:Int64}, 1)) AS w
      FROM occurrences
      WHERE time >= fromUnixTimestamp64Nano({p20:Int64}, 'UTC') AND time < fromUnixTimestamp64Nano({p21:Int64}, 'UTC') AND environment = {p22:String} AND ((attributes.{p23:Identifier} IS NOT NULL) AND ifNull(protocol = {p25:String}, 0))
      UNION ALL
      SELECT CAST(CAST(attributes.{p26:Identifier}, 'Nullable(String)'), 'Nullable(String)') AS k0, toUInt32((toUnixTimestamp64Nano(time) - 1790035200000000000 + 0.5) * (1 / 60000000000)) AS b, toUInt64(greatest(sample_rate, 1)) AS w
      FROM events
      WHERE time >= fromUnixTimestamp64Nano({p27:Int64}, 'UTC') AND time < fromUnixTimestamp64Nano({p28:Int64}, 'UTC') AND environment = {p29:String} AND ((attributes.{p30:Identifier} IS NOT NULL)))
    GROUP BY k0, b)
  GROUP BY GROUPING SETS ((k0), (b), ()))
ORDER BY kind, bucket * (kind = 1), v0 DESC NULLS LAST, g0 NULLS LAST
LIMIT 101 BY if(kind = 2, 0, bucket + kind + 1)
-- p0 = severity
-- p1 = 1790035200000000000
-- p2 = 1790035800000000000
-- p3 = pinned
-- p4 = honeycomb
-- p5 = severity
-- p6 = severity
-- p7 = otlp
-- p8 = 
-- p9 = unspecified
-- p10 = 
-- p11 = 1790035200000000000
-- p12 = 1790035800000000000
-- p13 = pinned
-- p14 = otlp
-- p15 = 
-- p16 = unspecified
-- p17 = 
-- p18 = severity
-- p19 = 1
-- p20 = 1790035200000000000
-- p21 = 1790035800000000000
-- p22 = pinned
-- p23 = severity
-- p24 = severity
-- p25 = rollbar
-- p26 = severity
-- p27 = 1790035200000000000
-- p28 = 1790035800000000000
-- p29 = pinned
-- p30 = severity
-- p31 = severity

SELECT key, groupUniqArray(type), groupUniqArray(signal), max(on_resource), toInt64(toUnixTimestamp(max(last_seen))), toInt64(toUnixTimestamp(toDateTime(min(day), 'UTC')))
FROM column_keys
WHERE key IN ({p0:String})
GROUP BY key
-- p0 = severity

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
