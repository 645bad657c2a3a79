-- {"calculations":[{"op":"MAX","column":"duration_ms"}],"breakdowns":["user"],"havings":[{"calculate_op":"MAX","column":"duration_ms","op":">","value":5}]}
SELECT *
FROM (
  SELECT 0 AS kind, toUInt32(0) AS bucket, max(a0) AS v0, if(ifNull(toFloat64(max(a1)) >= max(a0), 0), max(a1), NULL) AS v1
  FROM (
    SELECT max(x0) AS a0, max(x1) AS a1
    FROM (
      SELECT CAST((duration_ns / {p0:Float64}), 'Nullable(Float64)') AS x0, CAST(NULL, 'Nullable(Int64)') AS x1, toUInt64(greatest(sample_rate, 1)) AS w
      FROM spans
      WHERE start_time >= fromUnixTimestamp64Nano({p1:Int64}, 'UTC') AND start_time < fromUnixTimestamp64Nano({p2:Int64}, 'UTC') AND environment = {p3:String} AND ((NOT ifNull(protocol = {p4:String}, 0)) AND (NOT ifNull(coalesce(CAST(toString(dynamicElement(attributes.{p5:Identifier}, 'String')), 'Nullable(String)'), {p6:String}) IN ({p7:String}), 0)))
      UNION ALL
      SELECT CAST(if(isFinite(toFloat64(coalesce(toFloat64(dynamicElement(attributes.{p8:Identifier}, 'Int64')), dynamicElement(attributes.{p8:Identifier}, 'Float64')))), toFloat64(coalesce(toFloat64(dynamicElement(attributes.{p8:Identifier}, 'Int64')), dynamicElement(attributes.{p8:Identifier}, 'Float64'))), NULL), 'Nullable(Float64)') AS x0, accurateCastOrNull(dynamicElement(attributes.{p9:Identifier}, 'Int64'), 'Int64') AS x1, toUInt64(greatest(sample_rate, 1)) AS w
      FROM logs
      WHERE time >= fromUnixTimestamp64Nano({p10:Int64}, 'UTC') AND time < fromUnixTimestamp64Nano({p11:Int64}, 'UTC') AND environment = {p12:String} AND ((NOT ifNull(coalesce(CAST(toString(dynamicElement(attributes.{p13:Identifier}, 'String')), 'Nullable(String)'), {p14:String}) IN ({p15:String}), 0)))
      UNION ALL
      SELECT CAST(if(isFinite(toFloat64(coalesce(toFloat64(dynamicElement(attributes.{p16:Identifier}, 'Int64')), dynamicElement(attributes.{p16:Identifier}, 'Float64')))), toFloat64(coalesce(toFloat64(dynamicElement(attributes.{p16:Identifier}, 'Int64')), dynamicElement(attributes.{p16:Identifier}, 'Float64'))), NULL), 'Nullable(Float64)') AS x0, accurateCastOrNull(dynamicElement(attributes.{p17:Identifier}, 'Int64'), 'Int64') AS x1, toUInt64(greatest({p18:Int64}, 1)) AS w
      FROM occurrences
      WHERE time >= fromUnixTimestamp64Nano({p19:Int64}, 'UTC') AND time < fromUnixTimestamp64Nano({p20:Int64}, 'UTC') AND environment = {p21:String} AND (ifNull(protocol = {p22:String}, 0) AND (NOT ifNull(coalesce(CAST(toString(dynamicElement(attributes.{p23:Identifier}, 'String')), 'Nullable(String)'), {p24:String}) IN ({p25:String}), 0)))
      UNION ALL
      SELECT CAST(if(isFinite(toFloat64(coalesce(toFloat64(dynamicElement(attributes.{p26:Identifier}, 'Int64')), dynamicElement(attributes.{p26:Identifier}, 'Float64')))), toFloat64(coalesce(toFloat64(dynamicElement(attributes.{p26:Identifier}, 'Int64')), dynamicElement(attributes.{p26:Identifier}, 'Float64'))), NULL), 'Nullable(Float64)') AS x0, accurateCastOrNull(dynamicElement(attributes.{p27:Identifier}, 'Int64'), 'Int64') AS x1, toUInt64(greatest(sample_rate, 1)) AS w
      FROM events
      WHERE time >= fromUnixTimestamp64Nano({p28:Int64}, 'UTC') AND time < fromUnixTimestamp64Nano({p29:Int64}, 'UTC') AND environment = {p30:String} AND ((NOT ifNull(coalesce(CAST(toString(dynamicElement(attributes.{p31:Identifier}, 'String')), 'Nullable(String)'), {p32:String}) IN ({p33:String}), 0))))))
ORDER BY kind, bucket * (kind = 1)
LIMIT 101 BY if(kind = 2, 0, bucket + kind + 1)
-- p0 = 1000000
-- p1 = 1790035200000000000
-- p2 = 1790035800000000000
-- p3 = pinned
-- p4 = honeycomb
-- p5 = user
-- p6 = null
-- p7 = null
-- p8 = duration_ms
-- p9 = duration_ms
-- p10 = 1790035200000000000
-- p11 = 1790035800000000000
-- p12 = pinned
-- p13 = user
-- p14 = null
-- p15 = null
-- p16 = duration_ms
-- p17 = duration_ms
-- p18 = 1
-- p19 = 1790035200000000000
-- p20 = 1790035800000000000
-- p21 = pinned
-- p22 = rollbar
-- p23 = user
-- p24 = null
-- p25 = null
-- p26 = duration_ms
-- p27 = duration_ms
-- p28 = 1790035200000000000
-- p29 = 1790035800000000000
-- p30 = pinned
-- p31 = user
-- p32 = null
-- p33 = null

SELECT *
FROM (
  SELECT multiIf(grouping(k0) = 0, 2, grouping(b) = 0, 1, 0) AS kind, b AS bucket, k0 AS g0, max(a0) AS v0, if(ifNull(toFloat64(max(a1)) >= max(a0), 0), max(a1), NULL) AS v1, groupArray(tuple(b, a0, if(ifNull(toFloat64(a1) >= a0, 0), a1, NULL))) AS points
  FROM (
    SELECT k0, b, max(x0) AS a0, max(x1) AS a1
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
WHERE kind < 2 OR (ifNull(v0 > {p26:Int64}, 0))
ORDER BY kind, bucket * (kind = 1), v0 DESC NULLS LAST, v1 DESC NULLS LAST, g0 NULLS LAST
LIMIT 101 BY if(kind = 2, 0, bucket + kind + 1)
-- p0 = user
-- p1 = 1000000
-- p2 = 1790035200000000000
-- p3 = 1790035800000000000
-- p4 = pinned
-- p5 = honeycomb
-- p6 = user
-- p7 = duration_ms
-- p8 = duration_ms
-- p9 = 1790035200000000000
-- p10 = 1790035800000000000
-- p11 = pinned
-- p12 = user
-- p13 = duration_ms
-- p14 = duration_ms
-- p15 = 1
-- p16 = 1790035200000000000
-- p17 = 1790035800000000000
-- p18 = pinned
-- p19 = rollbar
-- p20 = user
-- p21 = duration_ms
-- p22 = duration_ms
-- p23 = 1790035200000000000
-- p24 = 1790035800000000000
-- p25 = pinned
-- p26 = 5

SELECT key, groupUniqArray(type), groupUniqArray(signal), max(on_resource), toInt64(toUnixTimestamp(max(last_seen))), toInt64(toUnixTimestamp(toDateTime(min(day), 'UTC')))
FROM column_keys
WHERE key IN ({p0:String}, {p1:String})
GROUP BY key
-- p0 = user
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
