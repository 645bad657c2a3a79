-- {"calculations":[{"op":"COUNT_DISTINCT","column":"duration_ms"}],"breakdowns":["http.route"]}
SELECT *
FROM (
  SELECT multiIf(grouping(k0) = 0, 2, grouping(b) = 0, 1, 0) AS kind, b AS bucket, k0 AS g0, ifNull(uniqCombinedMerge(a0), 0) AS v0, groupArray(tuple(b, ifNull(finalizeAggregation(a0), 0))) AS points
  FROM (
    SELECT k0, b, uniqCombinedState(x0) AS a0
    FROM (
      SELECT CAST(toString(dynamicElement(attributes.{p0:Identifier}, 'String')), 'Nullable(String)') AS k0, CAST(toString((duration_ns / {p1:Float64})), 'Nullable(String)') AS x0, toUInt32((toUnixTimestamp64Nano(start_time) - 1790035200000000000 + 0.5) * (1 / 60000000000)) AS b, toUInt64(greatest(sample_rate, 1)) AS w
      FROM spans
      WHERE start_time >= fromUnixTimestamp64Nano({p2:Int64}, 'UTC') AND start_time < fromUnixTimestamp64Nano({p3:Int64}, 'UTC') AND environment = {p4:String} AND ((NOT ifNull(protocol = {p5:String}, 0)))
      UNION ALL
      SELECT CAST(toString(dynamicElement(attributes.{p6:Identifier}, 'String')), 'Nullable(String)') AS k0, CAST(CAST(attributes.{p7:Identifier}, 'Nullable(String)'), 'Nullable(String)') AS x0, toUInt32((toUnixTimestamp64Nano(time) - 1790035200000000000 + 0.5) * (1 / 60000000000)) AS b, toUInt64(greatest(sample_rate, 1)) AS w
      FROM logs
      WHERE time >= fromUnixTimestamp64Nano({p8:Int64}, 'UTC') AND time < fromUnixTimestamp64Nano({p9:Int64}, 'UTC') AND environment = {p10:String} AND 1
      UNION ALL
      SELECT CAST(toString(dynamicElement(attributes.{p11:Identifier}, 'String')), 'Nullable(String)') AS k0, CAST(CAST(attributes.{p12:Identifier}, 'Nullable(String)'), 'Nullable(String)') AS x0, toUInt32((toUnixTimestamp64Nano(time) - 1790035200000000000 + 0.5) * (1 / 60000000000)) AS b, toUInt64(greatest({p13:Int64}, 1)) AS w
      FROM occurrences
      WHERE time >= fromUnixTimestamp64Nano({p14:Int64}, 'UTC') AND time < fromUnixTimestamp64Nano({p15:Int64}, 'UTC') AND environment = {p16:String} AND (ifNull(protocol = {p17:String}, 0))
      UNION ALL
      SELECT CAST(toString(dynamicElement(attributes.{p18:Identifier}, 'String')), 'Nullable(String)') AS k0, CAST(CAST(attributes.{p19:Identifier}, 'Nullable(String)'), 'Nullable(String)') AS x0, toUInt32((toUnixTimestamp64Nano(time) - 1790035200000000000 + 0.5) * (1 / 60000000000)) AS b, toUInt64(greatest(sample_rate, 1)) AS w
      FROM events
      WHERE time >= fromUnixTimestamp64Nano({p20:Int64}, 'UTC') AND time < fromUnixTimestamp64Nano({p21:Int64}, 'UTC') AND environment = {p22:String} AND 1)
    GROUP BY k0, b)
  GROUP BY GROUPING SETS ((k0), (b), ()))
ORDER BY kind, bucket * (kind = 1), v0 DESC NULLS LAST, g0 NULLS LAST
LIMIT 101 BY if(kind = 2, 0, bucket + kind + 1)
-- p0 = http.route
-- p1 = 1000000
-- p2 = 1790035200000000000
-- p3 = 1790035800000000000
-- p4 = pinned
-- p5 = honeycomb
-- p6 = http.route
-- p7 = duration_ms
-- p8 = 1790035200000000000
-- p9 = 1790035800000000000
-- p10 = pinned
-- p11 = http.route
-- p12 = duration_ms
-- p13 = 1
-- p14 = 1790035200000000000
-- p15 = 1790035800000000000
-- p16 = pinned
-- p17 = rollbar
-- p18 = http.route
-- p19 = duration_ms
-- p20 = 1790035200000000000
-- p21 = 1790035800000000000
-- p22 = pinned

SELECT key, groupUniqArray(type), groupUniqArray(signal), max(on_resource), toInt64(toUnixTimestamp(max(last_seen))), toInt64(toUnixTimestamp(toDateTime(min(day), 'UTC')))
FROM column_keys
WHERE key IN ({p0:String}, {p1:String})
GROUP BY key
-- p0 = http.route
-- p1 = duration_ms

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
