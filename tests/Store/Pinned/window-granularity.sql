-- {"calculations":[{"op":"AVG","column":"duration_ms"}],"granularity":30}
SELECT *
FROM (
  SELECT if(grouping(b) = 0, 1, 0) AS kind, b AS bucket, (sum(a1) / nullIf(sum(a0), {p0:Int64})) AS v0
  FROM (
    SELECT b, sumIf(w, isNotNull(x0)) AS a0, sum(x0 * w) AS a1
    FROM (
      SELECT CAST((duration_ns / {p1:Float64}), 'Nullable(Float64)') AS x0, toUInt32((toUnixTimestamp64Nano(start_time) - 1790035200000000000 + 0.5) * (1 / 30000000000)) AS b, toUInt64(greatest(sample_rate, 1)) AS w
      FROM spans
      WHERE start_time >= fromUnixTimestamp64Nano({p2:Int64}, 'UTC') AND start_time < fromUnixTimestamp64Nano({p3:Int64}, 'UTC') AND environment = {p4:String} AND ((NOT ifNull(protocol = {p5:String}, 0)))
      UNION ALL
      SELECT CAST(if(isFinite(toFloat64(coalesce(toFloat64(dynamicElement(attributes.{p6:Identifier}, 'Int64')), dynamicElement(attributes.{p6:Identifier}, 'Float64')))), toFloat64(coalesce(toFloat64(dynamicElement(attributes.{p6:Identifier}, 'Int64')), dynamicElement(attributes.{p6:Identifier}, 'Float64'))), NULL), 'Nullable(Float64)') AS x0, toUInt32((toUnixTimestamp64Nano(time) - 1790035200000000000 + 0.5) * (1 / 30000000000)) AS b, toUInt64(greatest(sample_rate, 1)) AS w
      FROM logs
      WHERE time >= fromUnixTimestamp64Nano({p7:Int64}, 'UTC') AND time < fromUnixTimestamp64Nano({p8:Int64}, 'UTC') AND environment = {p9:String} AND 1
      UNION ALL
      SELECT CAST(if(isFinite(toFloat64(coalesce(toFloat64(dynamicElement(attributes.{p10:Identifier}, 'Int64')), dynamicElement(attributes.{p10:Identifier}, 'Float64')))), toFloat64(coalesce(toFloat64(dynamicElement(attributes.{p10:Identifier}, 'Int64')), dynamicElement(attributes.{p10:Identifier}, 'Float64'))), NULL), 'Nullable(Float64)') AS x0, toUInt32((toUnixTimestamp64Nano(time) - 1790035200000000000 + 0.5) * (1 / 30000000000)) AS b, toUInt64(greatest({p11:Int64}, 1)) AS w
      FROM occurrences
      WHERE time >= fromUnixTimestamp64Nano({p12:Int64}, 'UTC') AND time < fromUnixTimestamp64Nano({p13:Int64}, 'UTC') AND environment = {p14:String} AND (ifNull(protocol = {p15:String}, 0))
      UNION ALL
      SELECT CAST(if(isFinite(toFloat64(coalesce(toFloat64(dynamicElement(attributes.{p16:Identifier}, 'Int64')), dynamicElement(attributes.{p16:Identifier}, 'Float64')))), toFloat64(coalesce(toFloat64(dynamicElement(attributes.{p16:Identifier}, 'Int64')), dynamicElement(attributes.{p16:Identifier}, 'Float64'))), NULL), 'Nullable(Float64)') AS x0, toUInt32((toUnixTimestamp64Nano(time) - 1790035200000000000 + 0.5) * (1 / 30000000000)) AS b, toUInt64(greatest(sample_rate, 1)) AS w
      FROM events
      WHERE time >= fromUnixTimestamp64Nano({p17:Int64}, 'UTC') AND time < fromUnixTimestamp64Nano({p18:Int64}, 'UTC') AND environment = {p19:String} AND 1)
    GROUP BY b)
  GROUP BY GROUPING SETS ((b), ()))
ORDER BY kind, bucket * (kind = 1)
LIMIT 101 BY if(kind = 2, 0, bucket + kind + 1)
-- p0 = 0
-- p1 = 1000000
-- p2 = 1790035200000000000
-- p3 = 1790035800000000000
-- p4 = pinned
-- p5 = honeycomb
-- p6 = duration_ms
-- p7 = 1790035200000000000
-- p8 = 1790035800000000000
-- p9 = pinned
-- p10 = duration_ms
-- p11 = 1
-- p12 = 1790035200000000000
-- p13 = 1790035800000000000
-- p14 = pinned
-- p15 = rollbar
-- p16 = duration_ms
-- p17 = 1790035200000000000
-- p18 = 1790035800000000000
-- p19 = pinned

SELECT key, groupUniqArray(type), groupUniqArray(signal), max(on_resource), toInt64(toUnixTimestamp(max(last_seen))), toInt64(toUnixTimestamp(toDateTime(min(day), 'UTC')))
FROM column_keys
WHERE key IN ({p0:String})
GROUP BY key
-- p0 = duration_ms

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
