-- {"calculations":[{"op":"RATE_SUM","column":"duration_ms"}],"breakdowns":["http.route"]}
SELECT *
FROM (
  SELECT multiIf(grouping(k0) = 0, 2, grouping(b) = 0, 1, 0) AS kind, b AS bucket, k0 AS g0, ((sum(a1) - sum(a2)) / {p0:Float64}) AS v0, sum(a0) AS v1, groupArray(tuple(b, ((a1 - a2) / {p1:Float64}), a0)) AS points
  FROM (
    SELECT k0, b, sum(x0 * w) AS a0, sum(x1 * w) AS a1, sum(x2 * w) AS a2
    FROM (
      SELECT CAST(toString(dynamicElement(attributes.{p2:Identifier}, 'String')), 'Nullable(String)') AS k0, CAST((duration_ns / {p3:Float64}), 'Nullable(Float64)') AS x0, CAST(if(ifNull(toUInt32((toUnixTimestamp64Nano(start_time) - 1790035200000000000 + 0.5) * (1 / 60000000000)) = {p4:Int64}, 0), (duration_ns / {p5:Float64}), NULL), 'Nullable(Float64)') AS x1, CAST(if(ifNull(toUInt32((toUnixTimestamp64Nano(start_time) - 1790035200000000000 + 0.5) * (1 / 60000000000)) = {p6:Int64}, 0), (duration_ns / {p7:Float64}), NULL), 'Nullable(Float64)') AS x2, toUInt32((toUnixTimestamp64Nano(start_time) - 1790035200000000000 + 0.5) * (1 / 60000000000)) AS b, toUInt64(greatest(sample_rate, 1)) AS w
      FROM spans
      WHERE start_time >= fromUnixTimestamp64Nano({p8:Int64}, 'UTC') AND start_time < fromUnixTimestamp64Nano({p9:Int64}, 'UTC') AND environment = {p10:String} AND ((NOT ifNull(protocol = {p11:String}, 0)))
      UNION ALL
      SELECT CAST(toString(dynamicElement(attributes.{p12:Identifier}, 'String')), 'Nullable(String)') AS k0, CAST(if(isFinite(toFloat64(coalesce(toFloat64(dynamicElement(attributes.{p13:Identifier}, 'Int64')), dynamicElement(attributes.{p13:Identifier}, 'Float64')))), toFloat64(coalesce(toFloat64(dynamicElement(attributes.{p13:Identifier}, 'Int64')), dynamicElement(attributes.{p13:Identifier}, 'Float64'))), NULL), 'Nullable(Float64)') AS x0, CAST(if(ifNull(toUInt32((toUnixTimestamp64Nano(time) - 1790035200000000000 + 0.5) * (1 / 60000000000)) = {p14:Int64}, 0), if(isFinite(toFloat64(coalesce(toFloat64(dynamicElement(attributes.{p15:Identifier}, 'Int64')), dynamicElement(attributes.{p15:Identifier}, 'Float64')))), toFloat64(coalesce(toFloat64(dynamicElement(attributes.{p15:Identifier}, 'Int64')), dynamicElement(attributes.{p15:Identifier}, 'Float64'))), NULL), NULL), 'Nullable(Float64)') AS x1, CAST(if(ifNull(toUInt32((toUnixTimestamp64Nano(time) - 1790035200000000000 + 0.5) * (1 / 60000000000)) = {p16:Int64}, 0), if(isFinite(toFloat64(coalesce(toFloat64(dynamicElement(attributes.{p17:Identifier}, 'Int64')), dynamicElement(attributes.{p17:Identifier}, 'Float64')))), toFloat64(coalesce(toFloat64(dynamicElement(attributes.{p17:Identifier}, 'Int64')), dynamicElement(attributes.{p17:Identifier}, 'Float64'))), NULL), NULL), 'Nullable(Float64)') AS x2, toUInt32((toUnixTimestamp64Nano(time) - 1790035200000000000 + 0.5) * (1 / 60000000000)) AS b, toUInt64(greatest(sample_rate, 1)) AS w
      FROM logs
      WHERE time >= fromUnixTimestamp64Nano({p18:Int64}, 'UTC') AND time < fromUnixTimestamp64Nano({p19:Int64}, 'UTC') AND environment = {p20:String} AND 1
      UNION ALL
      SELECT CAST(toString(dynamicElement(attributes.{p21:Identifier}, 'String')), 'Nullable(String)') AS k0, CAST(if(isFinite(toFloat64(coalesce(toFloat64(dynamicElement(attributes.{p22:Identifier}, 'Int64')), dynamicElement(attributes.{p22:Identifier}, 'Float64')))), toFloat64(coalesce(toFloat64(dynamicElement(attributes.{p22:Identifier}, 'Int64')), dynamicElement(attributes.{p22:Identifier}, 'Float64'))), NULL), 'Nullable(Float64)') AS x0, CAST(if(ifNull(toUInt32((toUnixTimestamp64Nano(time) - 1790035200000000000 + 0.5) * (1 / 60000000000)) = {p23:Int64}, 0), if(isFinite(toFloat64(coalesce(toFloat64(dynamicElement(attributes.{p24:Identifier}, 'Int64')), dynamicElement(attributes.{p24:Identifier}, 'Float64')))), toFloat64(coalesce(toFloat64(dynamicElement(attributes.{p24:Identifier}, 'Int64')), dynamicElement(attributes.{p24:Identifier}, 'Float64'))), NULL), NULL), 'Nullable(Float64)') AS x1, CAST(if(ifNull(toUInt32((toUnixTimestamp64Nano(time) - 1790035200000000000 + 0.5) * (1 / 60000000000)) = {p25:Int64}, 0), if(isFinite(toFloat64(coalesce(toFloat64(dynamicElement(attributes.{p26:Identifier}, 'Int64')), dynamicElement(attributes.{p26:Identifier}, 'Float64')))), toFloat64(coalesce(toFloat64(dynamicElement(attributes.{p26:Identifier}, 'Int64')), dynamicElement(attributes.{p26:Identifier}, 'Float64'))), NULL), NULL), 'Nullable(Float64)') AS x2, toUInt32((toUnixTimestamp64Nano(time) - 1790035200000000000 + 0.5) * (1 / 60000000000)) AS b, toUInt64(greatest({p27:Int64}, 1)) AS w
      FROM occurrences
      WHERE time >= fromUnixTimestamp64Nano({p28:Int64}, 'UTC') AND time < fromUnixTimestamp64Nano({p29:Int64}, 'UTC') AND environment = {p30:String} AND (ifNull(protocol = {p31:String}, 0))
      UNION ALL
      SELECT CAST(toString(dynamicElement(attributes.{p32:Identifier}, 'String')), 'Nullable(String)') AS k0, CAST(if(isFinite(toFloat64(coalesce(toFloat64(dynamicElement(attributes.{p33:Identifier}, 'Int64')), dynamicElement(attributes.{p33:Identifier}, 'Float64')))), toFloat64(coalesce(toFloat64(dynamicElement(attributes.{p33:Identifier}, 'Int64')), dynamicElement(attributes.{p33:Identifier}, 'Float64'))), NULL), 'Nullable(Float64)') AS x0, CAST(if(ifNull(toUInt32((toUnixTimestamp64Nano(time) - 1790035200000000000 + 0.5) * (1 / 60000000000)) = {p34:Int64}, 0), if(isFinite(toFloat64(coalesce(toFloat64(dynamicElement(attributes.{p35:Identifier}, 'Int64')), dynamicElement(attributes.{p35:Identifier}, 'Float64')))), toFloat64(coalesce(toFloat64(dynamicElement(attributes.{p35:Identifier}, 'Int64')), dynamicElement(attributes.{p35:Identifier}, 'Float64'))), NULL), NULL), 'Nullable(Float64)') AS x1, CAST(if(ifNull(toUInt32((toUnixTimestamp64Nano(time) - 1790035200000000000 + 0.5) * (1 / 60000000000)) = {p36:Int64}, 0), if(isFinite(toFloat64(coalesce(toFloat64(dynamicElement(attributes.{p37:Identifier}, 'Int64')), dynamicElement(attributes.{p37:Identifier}, 'Float64')))), toFloat64(coalesce(toFloat64(dynamicElement(attributes.{p37:Identifier}, 'Int64')), dynamicElement(attributes.{p37:Identifier}, 'Float64'))), NULL), NULL), 'Nullable(Float64)') AS x2, toUInt32((toUnixTimestamp64Nano(time) - 1790035200000000000 + 0.5) * (1 / 60000000000)) AS b, toUInt64(greatest(sample_rate, 1)) AS w
      FROM events
      WHERE time >= fromUnixTimestamp64Nano({p38:Int64}, 'UTC') AND time < fromUnixTimestamp64Nano({p39:Int64}, 'UTC') AND environment = {p40:String} AND 1)
    GROUP BY k0, b)
  GROUP BY GROUPING SETS ((k0), (b), ()))
ORDER BY kind, bucket * (kind = 1), v0 DESC NULLS LAST, g0 NULLS LAST
LIMIT 101 BY if(kind = 2, 0, bucket + kind + 1)
-- p0 = 9
-- p1 = 9
-- p2 = http.route
-- p3 = 1000000
-- p4 = 9
-- p5 = 1000000
-- p6 = 0
-- p7 = 1000000
-- p8 = 1790035200000000000
-- p9 = 1790035800000000000
-- p10 = pinned
-- p11 = honeycomb
-- p12 = http.route
-- p13 = duration_ms
-- p14 = 9
-- p15 = duration_ms
-- p16 = 0
-- p17 = duration_ms
-- p18 = 1790035200000000000
-- p19 = 1790035800000000000
-- p20 = pinned
-- p21 = http.route
-- p22 = duration_ms
-- p23 = 9
-- p24 = duration_ms
-- p25 = 0
-- p26 = duration_ms
-- p27 = 1
-- p28 = 1790035200000000000
-- p29 = 1790035800000000000
-- p30 = pinned
-- p31 = rollbar
-- p32 = http.route
-- p33 = duration_ms
-- p34 = 9
-- p35 = duration_ms
-- p36 = 0
-- p37 = duration_ms
-- p38 = 1790035200000000000
-- p39 = 1790035800000000000
-- p40 = pinned

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
