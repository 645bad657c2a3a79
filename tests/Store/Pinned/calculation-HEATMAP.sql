-- {"calculations":[{"op":"HEATMAP","column":"duration_ms"}],"breakdowns":["http.route"]}
SELECT *
FROM (
  SELECT multiIf(grouping(k0) = 0, 2, grouping(b) = 0, 1, 0) AS kind, b AS bucket, k0 AS g0, groupArray(tuple(b)) AS points
  FROM (
    SELECT k0, b
    FROM (
      SELECT CAST(toString(dynamicElement(attributes.{p0:Identifier}, 'String')), 'Nullable(String)') AS k0, toUInt32((toUnixTimestamp64Nano(start_time) - 1790035200000000000 + 0.5) * (1 / 60000000000)) AS b, toUInt64(greatest(sample_rate, 1)) AS w
      FROM spans
      WHERE start_time >= fromUnixTimestamp64Nano({p1:Int64}, 'UTC') AND start_time < fromUnixTimestamp64Nano({p2:Int64}, 'UTC') AND environment = {p3:String} AND ((NOT ifNull(protocol = {p4:String}, 0)))
      UNION ALL
      SELECT CAST(toString(dynamicElement(attributes.{p5:Identifier}, 'String')), 'Nullable(String)') AS k0, toUInt32((toUnixTimestamp64Nano(time) - 1790035200000000000 + 0.5) * (1 / 60000000000)) AS b, toUInt64(greatest(sample_rate, 1)) AS w
      FROM logs
      WHERE time >= fromUnixTimestamp64Nano({p6:Int64}, 'UTC') AND time < fromUnixTimestamp64Nano({p7:Int64}, 'UTC') AND environment = {p8:String} AND 1
      UNION ALL
      SELECT CAST(toString(dynamicElement(attributes.{p9:Identifier}, 'String')), 'Nullable(String)') AS k0, toUInt32((toUnixTimestamp64Nano(time) - 1790035200000000000 + 0.5) * (1 / 60000000000)) AS b, toUInt64(greatest({p10:Int64}, 1)) AS w
      FROM occurrences
      WHERE time >= fromUnixTimestamp64Nano({p11:Int64}, 'UTC') AND time < fromUnixTimestamp64Nano({p12:Int64}, 'UTC') AND environment = {p13:String} AND (ifNull(protocol = {p14:String}, 0))
      UNION ALL
      SELECT CAST(toString(dynamicElement(attributes.{p15:Identifier}, 'String')), 'Nullable(String)') AS k0, toUInt32((toUnixTimestamp64Nano(time) - 1790035200000000000 + 0.5) * (1 / 60000000000)) AS b, toUInt64(greatest(sample_rate, 1)) AS w
      FROM events
      WHERE time >= fromUnixTimestamp64Nano({p16:Int64}, 'UTC') AND time < fromUnixTimestamp64Nano({p17:Int64}, 'UTC') AND environment = {p18:String} AND 1)
    GROUP BY k0, b)
  GROUP BY GROUPING SETS ((k0), (b), ()))
ORDER BY kind, bucket * (kind = 1), g0 NULLS LAST
LIMIT 101 BY if(kind = 2, 0, bucket + kind + 1)
-- p0 = http.route
-- p1 = 1790035200000000000
-- p2 = 1790035800000000000
-- p3 = pinned
-- p4 = honeycomb
-- p5 = http.route
-- p6 = 1790035200000000000
-- p7 = 1790035800000000000
-- p8 = pinned
-- p9 = http.route
-- p10 = 1
-- p11 = 1790035200000000000
-- p12 = 1790035800000000000
-- p13 = pinned
-- p14 = rollbar
-- p15 = http.route
-- p16 = 1790035200000000000
-- p17 = 1790035800000000000
-- p18 = pinned

SELECT b AS c0, roundDown(x, [toFloat64(3), toFloat64(3.5), toFloat64(4), toFloat64(4.5), toFloat64(5), toFloat64(5.5), toFloat64(6), toFloat64(6.5), toFloat64(7), toFloat64(7.5), toFloat64(8), toFloat64(8.5), toFloat64(9), toFloat64(9.5), toFloat64(10), toFloat64(10.5), toFloat64(11), toFloat64(11.5), toFloat64(12)]) AS c1, sum(w) AS c2
FROM (
  SELECT CAST((duration_ns / {p0:Float64}), 'Nullable(Float64)') AS x, toUInt32((toUnixTimestamp64Nano(start_time) - 1790035200000000000 + 0.5) * (1 / 60000000000)) AS b, toUInt64(greatest(sample_rate, 1)) AS w
  FROM spans
  WHERE start_time >= fromUnixTimestamp64Nano({p1:Int64}, 'UTC') AND start_time < fromUnixTimestamp64Nano({p2:Int64}, 'UTC') AND environment = {p3:String} AND ((NOT ifNull(protocol = {p4:String}, 0)) AND ((duration_ns / {p5:Float64}) IS NOT NULL))
  UNION ALL
  SELECT CAST(if(isFinite(toFloat64(coalesce(toFloat64(dynamicElement(attributes.{p6:Identifier}, 'Int64')), dynamicElement(attributes.{p6:Identifier}, 'Float64')))), toFloat64(coalesce(toFloat64(dynamicElement(attributes.{p6:Identifier}, 'Int64')), dynamicElement(attributes.{p6:Identifier}, 'Float64'))), NULL), 'Nullable(Float64)') AS x, toUInt32((toUnixTimestamp64Nano(time) - 1790035200000000000 + 0.5) * (1 / 60000000000)) AS b, toUInt64(greatest(sample_rate, 1)) AS w
  FROM logs
  WHERE time >= fromUnixTimestamp64Nano({p7:Int64}, 'UTC') AND time < fromUnixTimestamp64Nano({p8:Int64}, 'UTC') AND environment = {p9:String} AND ((if(isFinite(toFloat64(coalesce(toFloat64(dynamicElement(attributes.{p10:Identifier}, 'Int64')), dynamicElement(attributes.{p10:Identifier}, 'Float64')))), toFloat64(coalesce(toFloat64(dynamicElement(attributes.{p10:Identifier}, 'Int64')), dynamicElement(attributes.{p10:Identifier}, 'Float64'))), NULL) IS NOT NULL))
  UNION ALL
  SELECT CAST(if(isFinite(toFloat64(coalesce(toFloat64(dynamicElement(attributes.{p11:Identifier}, 'Int64')), dynamicElement(attributes.{p11:Identifier}, 'Float64')))), toFloat64(coalesce(toFloat64(dynamicElement(attributes.{p11:Identifier}, 'Int64')), dynamicElement(attributes.{p11:Identifier}, 'Float64'))), NULL), 'Nullable(Float64)') AS x, toUInt32((toUnixTimestamp64Nano(time) - 1790035200000000000 + 0.5) * (1 / 60000000000)) AS b, toUInt64(greatest({p12:Int64}, 1)) AS w
  FROM occurrences
  WHERE time >= fromUnixTimestamp64Nano({p13:Int64}, 'UTC') AND time < fromUnixTimestamp64Nano({p14:Int64}, 'UTC') AND environment = {p15:String} AND (ifNull(protocol = {p16:String}, 0) AND (if(isFinite(toFloat64(coalesce(toFloat64(dynamicElement(attributes.{p17:Identifier}, 'Int64')), dynamicElement(attributes.{p17:Identifier}, 'Float64')))), toFloat64(coalesce(toFloat64(dynamicElement(attributes.{p17:Identifier}, 'Int64')), dynamicElement(attributes.{p17:Identifier}, 'Float64'))), NULL) IS NOT NULL))
  UNION ALL
  SELECT CAST(if(isFinite(toFloat64(coalesce(toFloat64(dynamicElement(attributes.{p18:Identifier}, 'Int64')), dynamicElement(attributes.{p18:Identifier}, 'Float64')))), toFloat64(coalesce(toFloat64(dynamicElement(attributes.{p18:Identifier}, 'Int64')), dynamicElement(attributes.{p18:Identifier}, 'Float64'))), NULL), 'Nullable(Float64)') AS x, toUInt32((toUnixTimestamp64Nano(time) - 1790035200000000000 + 0.5) * (1 / 60000000000)) AS b, toUInt64(greatest(sample_rate, 1)) AS w
  FROM events
  WHERE time >= fromUnixTimestamp64Nano({p19:Int64}, 'UTC') AND time < fromUnixTimestamp64Nano({p20:Int64}, 'UTC') AND environment = {p21:String} AND ((if(isFinite(toFloat64(coalesce(toFloat64(dynamicElement(attributes.{p22:Identifier}, 'Int64')), dynamicElement(attributes.{p22:Identifier}, 'Float64')))), toFloat64(coalesce(toFloat64(dynamicElement(attributes.{p22:Identifier}, 'Int64')), dynamicElement(attributes.{p22:Identifier}, 'Float64'))), NULL) IS NOT NULL)))
GROUP BY b, roundDown(x, [toFloat64(3), toFloat64(3.5), toFloat64(4), toFloat64(4.5), toFloat64(5), toFloat64(5.5), toFloat64(6), toFloat64(6.5), toFloat64(7), toFloat64(7.5), toFloat64(8), toFloat64(8.5), toFloat64(9), toFloat64(9.5), toFloat64(10), toFloat64(10.5), toFloat64(11), toFloat64(11.5), toFloat64(12)])
LIMIT 221
-- p0 = 1000000
-- p1 = 1790035200000000000
-- p2 = 1790035800000000000
-- p3 = pinned
-- p4 = honeycomb
-- p5 = 1000000
-- p6 = duration_ms
-- p7 = 1790035200000000000
-- p8 = 1790035800000000000
-- p9 = pinned
-- p10 = duration_ms
-- p11 = duration_ms
-- p12 = 1
-- p13 = 1790035200000000000
-- p14 = 1790035800000000000
-- p15 = pinned
-- p16 = rollbar
-- p17 = duration_ms
-- p18 = duration_ms
-- p19 = 1790035200000000000
-- p20 = 1790035800000000000
-- p21 = pinned
-- p22 = duration_ms

SELECT b AS c0, toUInt16(bitShiftRight(reinterpretAsUInt64(assumeNotNull(x)), 48)) AS c1, sum(w) AS c2
FROM (
  SELECT CAST((duration_ns / {p0:Float64}), 'Nullable(Float64)') AS x, toUInt32((toUnixTimestamp64Nano(start_time) - 1790035200000000000 + 0.5) * (1 / 60000000000)) AS b, toUInt64(greatest(sample_rate, 1)) AS w
  FROM spans
  WHERE start_time >= fromUnixTimestamp64Nano({p1:Int64}, 'UTC') AND start_time < fromUnixTimestamp64Nano({p2:Int64}, 'UTC') AND environment = {p3:String} AND ((NOT ifNull(protocol = {p4:String}, 0)) AND ((duration_ns / {p5:Float64}) IS NOT NULL))
  UNION ALL
  SELECT CAST(if(isFinite(toFloat64(coalesce(toFloat64(dynamicElement(attributes.{p6:Identifier}, 'Int64')), dynamicElement(attributes.{p6:Identifier}, 'Float64')))), toFloat64(coalesce(toFloat64(dynamicElement(attributes.{p6:Identifier}, 'Int64')), dynamicElement(attributes.{p6:Identifier}, 'Float64'))), NULL), 'Nullable(Float64)') AS x, toUInt32((toUnixTimestamp64Nano(time) - 1790035200000000000 + 0.5) * (1 / 60000000000)) AS b, toUInt64(greatest(sample_rate, 1)) AS w
  FROM logs
  WHERE time >= fromUnixTimestamp64Nano({p7:Int64}, 'UTC') AND time < fromUnixTimestamp64Nano({p8:Int64}, 'UTC') AND environment = {p9:String} AND ((if(isFinite(toFloat64(coalesce(toFloat64(dynamicElement(attributes.{p10:Identifier}, 'Int64')), dynamicElement(attributes.{p10:Identifier}, 'Float64')))), toFloat64(coalesce(toFloat64(dynamicElement(attributes.{p10:Identifier}, 'Int64')), dynamicElement(attributes.{p10:Identifier}, 'Float64'))), NULL) IS NOT NULL))
  UNION ALL
  SELECT CAST(if(isFinite(toFloat64(coalesce(toFloat64(dynamicElement(attributes.{p11:Identifier}, 'Int64')), dynamicElement(attributes.{p11:Identifier}, 'Float64')))), toFloat64(coalesce(toFloat64(dynamicElement(attributes.{p11:Identifier}, 'Int64')), dynamicElement(attributes.{p11:Identifier}, 'Float64'))), NULL), 'Nullable(Float64)') AS x, toUInt32((toUnixTimestamp64Nano(time) - 1790035200000000000 + 0.5) * (1 / 60000000000)) AS b, toUInt64(greatest({p12:Int64}, 1)) AS w
  FROM occurrences
  WHERE time >= fromUnixTimestamp64Nano({p13:Int64}, 'UTC') AND time < fromUnixTimestamp64Nano({p14:Int64}, 'UTC') AND environment = {p15:String} AND (ifNull(protocol = {p16:String}, 0) AND (if(isFinite(toFloat64(coalesce(toFloat64(dynamicElement(attributes.{p17:Identifier}, 'Int64')), dynamicElement(attributes.{p17:Identifier}, 'Float64')))), toFloat64(coalesce(toFloat64(dynamicElement(attributes.{p17:Identifier}, 'Int64')), dynamicElement(attributes.{p17:Identifier}, 'Float64'))), NULL) IS NOT NULL))
  UNION ALL
  SELECT CAST(if(isFinite(toFloat64(coalesce(toFloat64(dynamicElement(attributes.{p18:Identifier}, 'Int64')), dynamicElement(attributes.{p18:Identifier}, 'Float64')))), toFloat64(coalesce(toFloat64(dynamicElement(attributes.{p18:Identifier}, 'Int64')), dynamicElement(attributes.{p18:Identifier}, 'Float64'))), NULL), 'Nullable(Float64)') AS x, toUInt32((toUnixTimestamp64Nano(time) - 1790035200000000000 + 0.5) * (1 / 60000000000)) AS b, toUInt64(greatest(sample_rate, 1)) AS w
  FROM events
  WHERE time >= fromUnixTimestamp64Nano({p19:Int64}, 'UTC') AND time < fromUnixTimestamp64Nano({p20:Int64}, 'UTC') AND environment = {p21:String} AND ((if(isFinite(toFloat64(coalesce(toFloat64(dynamicElement(attributes.{p22:Identifier}, 'Int64')), dynamicElement(attributes.{p22:Identifier}, 'Float64')))), toFloat64(coalesce(toFloat64(dynamicElement(attributes.{p22:Identifier}, 'Int64')), dynamicElement(attributes.{p22:Identifier}, 'Float64'))), NULL) IS NOT NULL)))
GROUP BY b, toUInt16(bitShiftRight(reinterpretAsUInt64(assumeNotNull(x)), 48))
LIMIT 200001
-- p0 = 1000000
-- p1 = 1790035200000000000
-- p2 = 1790035800000000000
-- p3 = pinned
-- p4 = honeycomb
-- p5 = 1000000
-- p6 = duration_ms
-- p7 = 1790035200000000000
-- p8 = 1790035800000000000
-- p9 = pinned
-- p10 = duration_ms
-- p11 = duration_ms
-- p12 = 1
-- p13 = 1790035200000000000
-- p14 = 1790035800000000000
-- p15 = pinned
-- p16 = rollbar
-- p17 = duration_ms
-- p18 = duration_ms
-- p19 = 1790035200000000000
-- p20 = 1790035800000000000
-- p21 = pinned
-- p22 = duration_ms

SELECT key, groupUniqArray(type), groupUniqArray(signal), max(on_resource), toInt64(toUnixTimestamp(max(last_seen))), toInt64(toUnixTimestamp(toDateTime(min(day), 'UTC')))
FROM column_keys
WHERE key IN ({p0:String}, {p1:String})
GROUP BY key
-- p0 = http.route
-- p1 = duration_ms

SELECT min(x) AS c0, max(x) AS c1
FROM (
  SELECT CAST((duration_ns / {p0:Float64}), 'Nullable(Float64)') AS x, toUInt64(greatest(sample_rate, 1)) AS w
  FROM spans
  WHERE start_time >= fromUnixTimestamp64Nano({p1:Int64}, 'UTC') AND start_time < fromUnixTimestamp64Nano({p2:Int64}, 'UTC') AND environment = {p3:String} AND ((NOT ifNull(protocol = {p4:String}, 0)))
  UNION ALL
  SELECT CAST(if(isFinite(toFloat64(coalesce(toFloat64(dynamicElement(attributes.{p5:Identifier}, 'Int64')), dynamicElement(attributes.{p5:Identifier}, 'Float64')))), toFloat64(coalesce(toFloat64(dynamicElement(attributes.{p5:Identifier}, 'Int64')), dynamicElement(attributes.{p5:Identifier}, 'Float64'))), NULL), 'Nullable(Float64)') AS x, toUInt64(greatest(sample_rate, 1)) AS w
  FROM logs
  WHERE time >= fromUnixTimestamp64Nano({p6:Int64}, 'UTC') AND time < fromUnixTimestamp64Nano({p7:Int64}, 'UTC') AND environment = {p8:String} AND 1
  UNION ALL
  SELECT CAST(if(isFinite(toFloat64(coalesce(toFloat64(dynamicElement(attributes.{p9:Identifier}, 'Int64')), dynamicElement(attributes.{p9:Identifier}, 'Float64')))), toFloat64(coalesce(toFloat64(dynamicElement(attributes.{p9:Identifier}, 'Int64')), dynamicElement(attributes.{p9:Identifier}, 'Float64'))), NULL), 'Nullable(Float64)') AS x, toUInt64(greatest({p10:Int64}, 1)) AS w
  FROM occurrences
  WHERE time >= fromUnixTimestamp64Nano({p11:Int64}, 'UTC') AND time < fromUnixTimestamp64Nano({p12:Int64}, 'UTC') AND environment = {p13:String} AND (ifNull(protocol = {p14:String}, 0))
  UNION ALL
  SELECT CAST(if(isFinite(toFloat64(coalesce(toFloat64(dynamicElement(attributes.{p15:Identifier}, 'Int64')), dynamicElement(attributes.{p15:Identifier}, 'Float64')))), toFloat64(coalesce(toFloat64(dynamicElement(attributes.{p15:Identifier}, 'Int64')), dynamicElement(attributes.{p15:Identifier}, 'Float64'))), NULL), 'Nullable(Float64)') AS x, toUInt64(greatest(sample_rate, 1)) AS w
  FROM events
  WHERE time >= fromUnixTimestamp64Nano({p16:Int64}, 'UTC') AND time < fromUnixTimestamp64Nano({p17:Int64}, 'UTC') AND environment = {p18:String} AND 1)
LIMIT 2
-- p0 = 1000000
-- p1 = 1790035200000000000
-- p2 = 1790035800000000000
-- p3 = pinned
-- p4 = honeycomb
-- p5 = duration_ms
-- p6 = 1790035200000000000
-- p7 = 1790035800000000000
-- p8 = pinned
-- p9 = duration_ms
-- p10 = 1
-- p11 = 1790035200000000000
-- p12 = 1790035800000000000
-- p13 = pinned
-- p14 = rollbar
-- p15 = duration_ms
-- p16 = 1790035200000000000
-- p17 = 1790035800000000000
-- p18 = pinned

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
