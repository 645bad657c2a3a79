-- {"calculations":[{"op":"SUM","column":"duration_ms"}],"breakdowns":["user","service.name"],"orders":[{"op":"SUM","column":"duration_ms","order":"descending"}],"limit":7}
SELECT *
FROM (
  SELECT multiIf(grouping(k0) = 0, 2, grouping(b) = 0, 1, 0) AS kind, b AS bucket, k0 AS g0, k1 AS g1, sum(a0) AS v0, groupArray(tuple(b, a0)) AS points
  FROM (
    SELECT k0, k1, b, sum(x0 * w) AS a0
    FROM (
      SELECT CAST(toString(dynamicElement(attributes.{p0:Identifier}, 'String')), 'Nullable(String)') AS k0, CAST(toString(nullIf(service, {p1:String})), 'Nullable(String)') AS k1, CAST((duration_ns / {p2:Float64}), 'Nullable(Float64)') AS x0, toUInt32((toUnixTimestamp64Nano(start_time) - 1790035200000000000 + 0.5) * (1 / 60000000000)) AS b, toUInt64(greatest(sample_rate, 1)) AS w
      FROM spans
      WHERE start_time >= fromUnixTimestamp64Nano({p3:Int64}, 'UTC') AND start_time < fromUnixTimestamp64Nano({p4:Int64}, 'UTC') AND environment = {p5:String} AND ((NOT ifNull(protocol = {p6:String}, 0)))
      UNION ALL
      SELECT CAST(toString(dynamicElement(attributes.{p7:Identifier}, 'String')), 'Nullable(String)') AS k0, CAST(toString(nullIf(service, {p8:String})), 'Nullable(String)') AS k1, CAST(if(isFinite(toFloat64(coalesce(toFloat64(dynamicElement(attributes.{p9:Identifier}, 'Int64')), dynamicElement(attributes.{p9:Identifier}, 'Float64')))), toFloat64(coalesce(toFloat64(dynamicElement(attributes.{p9:Identifier}, 'Int64')), dynamicElement(attributes.{p9:Identifier}, 'Float64'))), NULL), 'Nullable(Float64)') AS x0, toUInt32((toUnixTimestamp64Nano(time) - 1790035200000000000 + 0.5) * (1 / 60000000000)) AS b, toUInt64(greatest(sample_rate, 1)) AS w
      FROM logs
      WHERE time >= fromUnixTimestamp64Nano({p10:Int64}, 'UTC') AND time < fromUnixTimestamp64Nano({p11:Int64}, 'UTC') AND environment = {p12:String} AND 1
      UNION ALL
      SELECT CAST(toString(dynamicElement(attributes.{p13:Identifier}, 'String')), 'Nullable(String)') AS k0, CAST(toString(nullIf(service, {p14:String})), 'Nullable(String)') AS k1, CAST(if(isFinite(toFloat64(coalesce(toFloat64(dynamicElement(attributes.{p15:Identifier}, 'Int64')), dynamicElement(attributes.{p15:Identifier}, 'Float64')))), toFloat64(coalesce(toFloat64(dynamicElement(attributes.{p15:Identifier}, 'Int64')), dynamicElement(attributes.{p15:Identifier}, 'Float64'))), NULL), 'Nullable(Float64)') AS x0, toUInt32((toUnixTimestamp64Nano(time) - 1790035200000000000 + 0.5) * (1 / 60000000000)) AS b, toUInt64(greatest({p16:Int64}, 1)) AS w
      FROM occurrences
      WHERE time >= fromUnixTimestamp64Nano({p17:Int64}, 'UTC') AND time < fromUnixTimestamp64Nano({p18:Int64}, 'UTC') AND environment = {p19:String} AND (ifNull(protocol = {p20:String}, 0))
      UNION ALL
      SELECT CAST(toString(dynamicElement(attributes.{p21:Identifier}, 'String')), 'Nullable(String)') AS k0, CAST(toString(nullIf(service, {p22:String})), 'Nullable(String)') AS k1, CAST(if(isFinite(toFloat64(coalesce(toFloat64(dynamicElement(attributes.{p23:Identifier}, 'Int64')), dynamicElement(attributes.{p23:Identifier}, 'Float64')))), toFloat64(coalesce(toFloat64(dynamicElement(attributes.{p23:Identifier}, 'Int64')), dynamicElement(attributes.{p23:Identifier}, 'Float64'))), NULL), 'Nullable(Float64)') AS x0, toUInt32((toUnixTimestamp64Nano(time) - 1790035200000000000 + 0.5) * (1 / 60000000000)) AS b, toUInt64(greatest(sample_rate, 1)) AS w
      FROM events
      WHERE time >= fromUnixTimestamp64Nano({p24:Int64}, 'UTC') AND time < fromUnixTimestamp64Nano({p25:Int64}, 'UTC') AND environment = {p26:String} AND 1)
    GROUP BY k0, k1, b)
  GROUP BY GROUPING SETS ((k0, k1), (b), ()))
ORDER BY kind, bucket * (kind = 1), v0 DESC NULLS LAST, g0 NULLS LAST, g1 NULLS LAST
LIMIT 8 BY if(kind = 2, 0, bucket + kind + 1)
-- p0 = user
-- p1 = 
-- p2 = 1000000
-- p3 = 1790035200000000000
-- p4 = 1790035800000000000
-- p5 = pinned
-- p6 = honeycomb
-- p7 = user
-- p8 = 
-- p9 = duration_ms
-- p10 = 1790035200000000000
-- p11 = 1790035800000000000
-- p12 = pinned
-- p13 = user
-- p14 = 
-- p15 = duration_ms
-- p16 = 1
-- p17 = 1790035200000000000
-- p18 = 1790035800000000000
-- p19 = pinned
-- p20 = rollbar
-- p21 = user
-- p22 = 
-- p23 = duration_ms
-- p24 = 1790035200000000000
-- p25 = 1790035800000000000
-- p26 = pinned

SELECT key, groupUniqArray(type), groupUniqArray(signal), max(on_resource), toInt64(toUnixTimestamp(max(last_seen))), toInt64(toUnixTimestamp(toDateTime(min(day), 'UTC')))
FROM column_keys
WHERE key IN ({p0:String}, {p1:String}, {p2:String})
GROUP BY key
-- p0 = user
-- p1 = service.name
-- p2 = duration_ms

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
