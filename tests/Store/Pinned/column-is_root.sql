-- {"calculations":[{"op":"COUNT"}],"breakdowns":["is_root"],"filters":[{"column":"is_root","op":"exists"}]}
SELECT *
FROM (
  SELECT multiIf(grouping(k0) = 0, 2, grouping(b) = 0, 1, 0) AS kind, b AS bucket, k0 AS g0, sum(a0) AS v0, groupArray(tuple(b, a0)) AS points
  FROM (
    SELECT k0, b, sum(w) AS a0
    FROM (
      SELECT CAST(toString(toBool(ifNull(parent_span_id = toFixedString(unhex({p0:String}), 8), 0))), 'Nullable(String)') AS k0, toUInt32((toUnixTimestamp64Nano(start_time) - 1790035200000000000 + 0.5) * (1 / 60000000000)) AS b, toUInt64(greatest(sample_rate, 1)) AS w
      FROM spans
      WHERE start_time >= fromUnixTimestamp64Nano({p1:Int64}, 'UTC') AND start_time < fromUnixTimestamp64Nano({p2:Int64}, 'UTC') AND environment = {p3:String} AND ((NOT ifNull(protocol = {p4:String}, 0)) AND (ifNull(parent_span_id = toFixedString(unhex({p5:String}), 8), 0) IS NOT NULL))
      UNION ALL
      SELECT CAST(CAST(attributes.{p6:Identifier}, 'Nullable(String)'), 'Nullable(String)') AS k0, toUInt32((toUnixTimestamp64Nano(time) - 1790035200000000000 + 0.5) * (1 / 60000000000)) AS b, toUInt64(greatest(sample_rate, 1)) AS w
      FROM logs
      WHERE time >= fromUnixTimestamp64Nano({p7:Int64}, 'UTC') AND time < fromUnixTimestamp64Nano({p8:Int64}, 'UTC') AND environment = {p9:String} AND ((attributes.{p10:Identifier} IS NOT NULL))
      UNION ALL
      SELECT CAST(CAST(attributes.{p12:Identifier}, 'Nullable(String)'), 'Nullable(String)') AS k0, toUInt32((toUnixTimestamp64Nano(time) - 1790035200000000000 + 0.5) * (1 / 60000000000)) AS b, toUInt64(greatest({p13:Int64}, 1)) AS w
      FROM occurrences
      WHERE time >= fromUnixTimestamp64Nano({p14:Int64}, 'UTC') AND time < fromUnixTimestamp64Nano({p15:Int64}, 'UTC') AND environment = {p16:String} AND ((attributes.{p17:Identifier} IS NOT NULL) AND ifNull(protocol = {p19:String}, 0))
      UNION ALL
      SELECT CAST(toString(toBool(((NOT ifNull(trace_id = toFixedString(unhex({p20:String}), 16), 0)) AND ifNull(parent_span_id = toFixedString(unhex({p21:String}), 8), 0)))), 'Nullable(String)') AS k0, toUInt32((toUnixTimestamp64Nano(time) - 1790035200000000000 + 0.5) * (1 / 60000000000)) AS b, toUInt64(greatest(sample_rate, 1)) AS w
      FROM events
      WHERE time >= fromUnixTimestamp64Nano({p22:Int64}, 'UTC') AND time < fromUnixTimestamp64Nano({p23:Int64}, 'UTC') AND environment = {p24:String} AND ((((NOT ifNull(trace_id = toFixedString(unhex({p25:String}), 16), 0)) AND ifNull(parent_span_id = toFixedString(unhex({p26:String}), 8), 0)) IS NOT NULL)))
    GROUP BY k0, b)
  GROUP BY GROUPING SETS ((k0), (b), ()))
ORDER BY kind, bucket * (kind = 1), v0 DESC NULLS LAST, g0 NULLS LAST
LIMIT 101 BY if(kind = 2, 0, bucket + kind + 1)
-- p0 = 0000000000000000
-- p1 = 1790035200000000000
-- p2 = 1790035800000000000
-- p3 = pinned
-- p4 = honeycomb
-- p5 = 0000000000000000
-- p6 = is_root
-- p7 = 1790035200000000000
-- p8 = 1790035800000000000
-- p9 = pinned
-- p10 = is_root
-- p11 = is_root
-- p12 = is_root
-- p13 = 1
-- p14 = 1790035200000000000
-- p15 = 1790035800000000000
-- p16 = pinned
-- p17 = is_root
-- p18 = is_root
-- p19 = rollbar
-- p20 = 00000000000000000000000000000000
-- p21 = 0000000000000000
-- p22 = 1790035200000000000
-- p23 = 1790035800000000000
-- p24 = pinned
-- p25 = 00000000000000000000000000000000
-- p26 = 0000000000000000

SELECT key, groupUniqArray(type), groupUniqArray(signal), max(on_resource), toInt64(toUnixTimestamp(max(last_seen))), toInt64(toUnixTimestamp(toDateTime(min(day), 'UTC')))
FROM column_keys
WHERE key IN ({p0:String})
GROUP BY key
-- p0 = is_root

SELECT t AS c0
FROM (
  SELECT dynamicType(attributes.{p0:Identifier}) AS t, toUInt64(greatest(sample_rate, 1)) AS w
  FROM logs
  WHERE time >= fromUnixTimestamp64Nano({p1:Int64}, 'UTC') AND time < fromUnixTimestamp64Nano({p2:Int64}, 'UTC') AND environment = {p3:String} AND ((attributes.{p4:Identifier} IS NOT NULL) AND (attributes.{p6:Identifier} IS NOT NULL))
  LIMIT 200000)
GROUP BY t
LIMIT 21
-- p0 = is_root
-- p1 = 1790035200000000000
-- p2 = 1790035800000000000
-- p3 = pinned
-- p4 = is_root
-- p5 = is_root
-- p6 = is_root
-- p7 = is_root

SELECT t AS c0
FROM (
  SELECT dynamicType(attributes.{p0:Identifier}) AS t, toUInt64(greatest({p1:Int64}, 1)) AS w
  FROM occurrences
  WHERE time >= fromUnixTimestamp64Nano({p2:Int64}, 'UTC') AND time < fromUnixTimestamp64Nano({p3:Int64}, 'UTC') AND environment = {p4:String} AND ((attributes.{p5:Identifier} IS NOT NULL) AND ifNull(protocol = {p7:String}, 0) AND (attributes.{p8:Identifier} IS NOT NULL))
  LIMIT 200000)
GROUP BY t
LIMIT 21
-- p0 = is_root
-- p1 = 1
-- p2 = 1790035200000000000
-- p3 = 1790035800000000000
-- p4 = pinned
-- p5 = is_root
-- p6 = is_root
-- p7 = rollbar
-- p8 = is_root
-- p9 = is_root

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
