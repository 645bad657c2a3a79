-- {"calculations":[{"op":"MIN","column":"duration_ms"}],"breakdowns":["http.route"]}
SELECT *
FROM (
  SELECT multiIf(grouping(k0) = 0, 2, grouping(b) = 0, 1, 0) AS kind, b AS bucket, k0 AS g0, min(a0) AS v0, if(ifNull(toFloat64(min(a1)) <= min(a0), 0), min(a1), NULL) AS v1, groupArray(tuple(b, a0, if(ifNull(toFloat64(a1) <= a0, 0), a1, NULL))) AS points
  FROM (
    SELECT k0, b, min(x0) AS a0, min(x1) AS a1
    FROM (
      SELECT CAST(toString(dynamicElement(attributes.{p0:Identifier}, 'String')), 'Nullable(String)') AS k0, CAST((duration_ns / {p1:Float64}), 'Nullable(Float64)') AS x0, CAST(NULL, 'Nullable(Int64)') AS x1, toUInt32((toUnixTimestamp64Nano(start_time) - 1790035200000000000 + 0.5) * (1 / 60000000000)) AS b, toUInt64(greatest(sample_rate, 1)) AS w
      FROM spans
      WHERE start_time >= fromUnixTimestamp64Nano({p2:Int64}, 'UTC') AND start_time < fromUnixTimestamp64Nano({p3:Int64}, 'UTC') AND environment = {p4:String} AND ((NOT ifNull(protocol = {p5:String}, 0)))
      UNION ALL
      SELECT CAST(toString(dynamicElement(attributes.{p6:Identifier}, 'String')), 'Nullable(String)') AS k0, CAST(if(isFinite(toFloat64(coalesce(toFloat64(dynamicElement(attributes.{p7:Identifier}, 'Int64')), dynamicElement(attributes.{p7:Identifier}, 'Float64')))), toFloat64(coalesce(toFloat64(dynamicElement(attributes.{p7:Identifier}, 'Int64')), dynamicElement(attributes.{p7:Identifier}, 'Float64'))), NULL), 'Nullable(Float64)') AS x0, accurateCastOrNull(dynamicElement(attributes.{p8:Identifier}, 'Int64'), 'Int64') AS x1, toUInt32((toUnixTimestamp64Nano(time) - 1790035200000000000 + 0.5) * (1 / 60000000000)) AS b, toUInt64(greatest(sample_rate, 1)) AS w
      FROM logs
      WHERE time >= fromUnixTimestamp64Nano({p9:Int64}, 'UTC') AND time < fromUnixTimestamp64Nano({p10:Int64}, 'UTC') AND environment = {p11:String} AND 1
      UNION ALL
      SELECT CAST(toString(dynamicElement(attributes.{p12:Identifier}, 'String')), 'Nullable(String)') AS k0, CAST(if(isFinite(toFloat64(coalesce(toFloat64(dynamicElement(attributes.{p13:Identifier}, 'Int64')), dynamicElement(attributes.{p13:Identifier}, 'Float64')))), toFloat64(coalesce(toFloat64(dynamicElement(attributes.{p13:Identifier}, 'Int64')), dynamicElement(attributes.{p13:Identifier}, 'Float64'))), NULL), 'Nullable(Float64)') AS x0, accurateCastOrNull(dynamicElement(attributes.{p14:Identifier}, 'Int64'), 'Int64') AS x1, toUInt32((toUnixTimestamp64Nano(time) - 1790035200000000000 + 0.5) * (1 / 60000000000)) AS b, toUInt64(greatest({p15:Int64}, 1)) AS w
      FROM occurrences
      WHERE time >= fromUnixTimestamp64Nano({p16:Int64}, 'UTC') AND time < fromUnixTimestamp64Nano({p17:Int64}, 'UTC') AND environment = {p18:String} AND (ifNull(protocol = {p19:String}, 0))
      UNION ALL
      SELECT CAST(toString(dynamicElement(attributes.{p20:Identifier}, 'String')), 'Nullable(String)') AS k0, CAST(if(isFinite(toFloat64(coalesce(toFloat64(dynamicElement(attributes.{p21:Identifier}, 'Int64')), dynamicElement(attributes.{p21:Identifier}, 'Float64')))), toFloat64(coalesce(toFloat64(dynamicElement(attributes.{p21:Identifier}, 'Int64')), dynamicElement(attributes.{p21:Identifier}, 'Float64'))), NULL), 'Nullable(Float64)') AS x0, accurateCastOrNull(dynamicElement(attributes.{p22:Identifier}, 'Int64'), 'Int64') AS x1, toUInt32((toUnixTimestamp64Nano(time) - 1790035200000000000 + 0.5) * (1 / 60000000000)) AS b, toUInt64(greatest(sample_rate, 1)) AS w
      FROM events
      WHERE time >= fromUnixTimestamp64Nano({p23:Int64}, 'UTC') AND time < fromUnixTimestamp64Nano({p24:Int64}, 'UTC') AND environment = {p25:String} AND 1)
    GROUP BY k0, b)
  GROUP BY GROUPING SETS ((k0), (b), ()))
ORDER BY kind, bucket * (kind = 1), v0 DESC NULLS LAST, v1 DESC NULLS LAST, g0 NULLS LAST
LIMIT 101 BY if(kind = 2, 0, bucket + kind + 1)
-- p0 = http.route
-- p1 = 1000000
-- p2 = 1790035200000000000
-- p3 = 1790035800000000000
-- p4 = pinned
-- p5 = honeycomb
-- p6 = http.route
-- p7 = duration_ms
-- p8 = duration_ms
-- p9 = 1790035200000000000
-- p10 = 1790035800000000000
-- p11 = pinned
-- p12 = http.route
-- p13 = duration_ms
-- p14 = duration_ms
-- p15 = 1
-- p16 = 1790035200000000000
-- p17 = 1790035800000000000
-- p18 = pinned
-- p19 = rollbar
-- p20 = http.route
-- p21 = duration_ms
-- p22 = duration_ms
-- p23 = 1790035200000000000
-- p24 = 1790035800000000000
-- p25 = pinned

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
