-- {"calculations":[{"op":"RATE_AVG","column":"duration_ms"}],"breakdowns":["http.route"]}
SELECT *
FROM (
  SELECT multiIf(grouping(k0) = 0, 2, grouping(b) = 0, 1, 0) AS kind, b AS bucket, k0 AS g0, (((sum(a3) / nullIf(sum(a2), {p0:Int64})) - (sum(a5) / nullIf(sum(a4), {p1:Int64}))) / {p2:Float64}) AS v0, (sum(a1) / nullIf(sum(a0), {p3:Int64})) AS v1, groupArray(tuple(b, (((a3 / nullIf(a2, {p4:Int64})) - (a5 / nullIf(a4, {p5:Int64}))) / {p6:Float64}), (a1 / nullIf(a0, {p7:Int64})))) AS points
  FROM (
    SELECT k0, b, sumIf(w, isNotNull(x0)) AS a0, sum(x0 * w) AS a1, sumIf(w, isNotNull(x1)) AS a2, sum(x1 * w) AS a3, sumIf(w, isNotNull(x2)) AS a4, sum(x2 * w) AS a5
    FROM (
      SELECT CAST(toString(dynamicElement(attributes.{p8:Identifier}, 'String')), 'Nullable(String)') AS k0, CAST((duration_ns / {p9:Float64}), 'Nullable(Float64)') AS x0, CAST(if(ifNull(toUInt32((toUnixTimestamp64Nano(start_time) - 1790035200000000000 + 0.5) * (1 / 60000000000)) = {p10:Int64}, 0), (duration_ns / {p11:Float64}), NULL), 'Nullable(Float64)') AS x1, CAST(if(ifNull(toUInt32((toUnixTimestamp64Nano(start_time) - 1790035200000000000 + 0.5) * (1 / 60000000000)) = {p12:Int64}, 0), (duration_ns / {p13:Float64}), NULL), 'Nullable(Float64)') AS x2, toUInt32((toUnixTimestamp64Nano(start_time) - 1790035200000000000 + 0.5) * (1 / 60000000000)) AS b, toUInt64(greatest(sample_rate, 1)) AS w
      FROM spans
      WHERE start_time >= fromUnixTimestamp64Nano({p14:Int64}, 'UTC') AND start_time < fromUnixTimestamp64Nano({p15:Int64}, 'UTC') AND environment = {p16:String} AND ((NOT ifNull(protocol = {p17:String}, 0)))
      UNION ALL
      SELECT CAST(toString(dynamicElement(attributes.{p18:Identifier}, 'String')), 'Nullable(String)') AS k0, CAST(if(isFinite(toFloat64(coalesce(toFloat64(dynamicElement(attributes.{p19:Identifier}, 'Int64')), dynamicElement(attributes.{p19:Identifier}, 'Float64')))), toFloat64(coalesce(toFloat64(dynamicElement(attributes.{p19:Identifier}, 'Int64')), dynamicElement(attributes.{p19:Identifier}, 'Float64'))), NULL), 'Nullable(Float64)') AS x0, CAST(if(ifNull(toUInt32((toUnixTimestamp64Nano(time) - 1790035200000000000 + 0.5) * (1 / 60000000000)) = {p20:Int64}, 0), if(isFinite(toFloat64(coalesce(toFloat64(dynamicElement(attributes.{p21:Identifier}, 'Int64')), dynamicElement(attributes.{p21:Identifier}, 'Float64')))), toFloat64(coalesce(toFloat64(dynamicElement(attributes.{p21:Identifier}, 'Int64')), dynamicElement(attributes.{p21:Identifier}, 'Float64'))), NULL), NULL), 'Nullable(Float64)') AS x1, CAST(if(ifNull(toUInt32((toUnixTimestamp64Nano(time) - 1790035200000000000 + 0.5) * (1 / 60000000000)) = {p22:Int64}, 0), if(isFinite(toFloat64(coalesce(toFloat64(dynamicElement(attributes.{p23:Identifier}, 'Int64')), dynamicElement(attributes.{p23:Identifier}, 'Float64')))), toFloat64(coalesce(toFloat64(dynamicElement(attributes.{p23:Identifier}, 'Int64')), dynamicElement(attributes.{p23:Identifier}, 'Float64'))), NULL), NULL), 'Nullable(Float64)') AS x2, toUInt32((toUnixTimestamp64Nano(time) - 1790035200000000000 + 0.5) * (1 / 60000000000)) AS b, toUInt64(greatest(sample_rate, 1)) AS w
      FROM logs
      WHERE time >= fromUnixTimestamp64Nano({p24:Int64}, 'UTC') AND time < fromUnixTimestamp64Nano({p25:Int64}, 'UTC') AND environment = {p26:String} AND 1
      UNION ALL
      SELECT CAST(toString(dynamicElement(attributes.{p27:Identifier}, 'String')), 'Nullable(String)') AS k0, CAST(if(isFinite(toFloat64(coalesce(toFloat64(dynamicElement(attributes.{p28:Identifier}, 'Int64')), dynamicElement(attributes.{p28:Identifier}, 'Float64')))), toFloat64(coalesce(toFloat64(dynamicElement(attributes.{p28:Identifier}, 'Int64')), dynamicElement(attributes.{p28:Identifier}, 'Float64'))), NULL), 'Nullable(Float64)') AS x0, CAST(if(ifNull(toUInt32((toUnixTimestamp64Nano(time) - 1790035200000000000 + 0.5) * (1 / 60000000000)) = {p29:Int64}, 0), if(isFinite(toFloat64(coalesce(toFloat64(dynamicElement(attributes.{p30:Identifier}, 'Int64')), dynamicElement(attributes.{p30:Identifier}, 'Float64')))), toFloat64(coalesce(toFloat64(dynamicElement(attributes.{p30:Identifier}, 'Int64')), dynamicElement(attributes.{p30:Identifier}, 'Float64'))), NULL), NULL), 'Nullable(Float64)') AS x1, CAST(if(ifNull(toUInt32((toUnixTimestamp64Nano(time) - 1790035200000000000 + 0.5) * (1 / 60000000000)) = {p31:Int64}, 0), if(isFinite(toFloat64(coalesce(toFloat64(dynamicElement(attributes.{p32:Identifier}, 'Int64')), dynamicElement(attributes.{p32:Identifier}, 'Float64')))), toFloat64(coalesce(toFloat64(dynamicElement(attributes.{p32:Identifier}, 'Int64')), dynamicElement(attributes.{p32:Identifier}, 'Float64'))), NULL), NULL), 'Nullable(Float64)') AS x2, toUInt32((toUnixTimestamp64Nano(time) - 1790035200000000000 + 0.5) * (1 / 60000000000)) AS b, toUInt64(greatest({p33:Int64}, 1)) AS w
      FROM occurrences
      WHERE time >= fromUnixTimestamp64Nano({p34:Int64}, 'UTC') AND time < fromUnixTimestamp64Nano({p35:Int64}, 'UTC') AND environment = {p36:String} AND (ifNull(protocol = {p37:String}, 0))
      UNION ALL
      SELECT CAST(toString(dynamicElement(attributes.{p38:Identifier}, 'String')), 'Nullable(String)') AS k0, CAST(if(isFinite(toFloat64(coalesce(toFloat64(dynamicElement(attributes.{p39:Identifier}, 'Int64')), dynamicElement(attributes.{p39:Identifier}, 'Float64')))), toFloat64(coalesce(toFloat64(dynamicElement(attributes.{p39:Identifier}, 'Int64')), dynamicElement(attributes.{p39:Identifier}, 'Float64'))), NULL), 'Nullable(Float64)') AS x0, CAST(if(ifNull(toUInt32((toUnixTimestamp64Nano(time) - 1790035200000000000 + 0.5) * (1 / 60000000000)) = {p40:Int64}, 0), if(isFinite(toFloat64(coalesce(toFloat64(dynamicElement(attributes.{p41:Identifier}, 'Int64')), dynamicElement(attributes.{p41:Identifier}, 'Float64')))), toFloat64(coalesce(toFloat64(dynamicElement(attributes.{p41:Identifier}, 'Int64')), dynamicElement(attributes.{p41:Identifier}, 'Float64'))), NULL), NULL), 'Nullable(Float64)') AS x1, CAST(if(ifNull(toUInt32((toUnixTimestamp64Nano(time) - 1790035200000000000 + 0.5) * (1 / 60000000000)) = {p42:Int64}, 0), if(isFinite(toFloat64(coalesce(toFloat64(dynamicElement(attributes.{p43:Identifier}, 'Int64')), dynamicElement(attributes.{p43:Identifier}, 'Float64')))), toFloat64(coalesce(toFloat64(dynamicElement(attributes.{p43:Identifier}, 'Int64')), dynamicElement(attributes.{p43:Identifier}, 'Float64'))), NULL), NULL), 'Nullable(Float64)') AS x2, toUInt32((toUnixTimestamp64Nano(time) - 1790035200000000000 + 0.5) * (1 / 60000000000)) AS b, toUInt64(greatest(sample_rate, 1)) AS w
      FROM events
      WHERE time >= fromUnixTimestamp64Nano({p44:Int64}, 'UTC') AND time < fromUnixTimestamp64Nano({p45:Int64}, 'UTC') AND environment = {p46:String} AND 1)
    GROUP BY k0, b)
  GROUP BY GROUPING SETS ((k0), (b), ()))
ORDER BY kind, bucket * (kind = 1), v0 DESC NULLS LAST, g0 NULLS LAST
LIMIT 101 BY if(kind = 2, 0, bucket + kind + 1)
-- p0 = 0
-- p1 = 0
-- p2 = 9
-- p3 = 0
-- p4 = 0
-- p5 = 0
-- p6 = 9
-- p7 = 0
-- p8 = http.route
-- p9 = 1000000
-- p10 = 9
-- p11 = 1000000
-- p12 = 0
-- p13 = 1000000
-- p14 = 1790035200000000000
-- p15 = 1790035800000000000
-- p16 = pinned
-- p17 = honeycomb
-- p18 = http.route
-- p19 = duration_ms
-- p20 = 9
-- p21 = duration_ms
-- p22 = 0
-- p23 = duration_ms
-- p24 = 1790035200000000000
-- p25 = 1790035800000000000
-- p26 = pinned
-- p27 = http.route
-- p28 = duration_ms
-- p29 = 9
-- p30 = duration_ms
-- p31 = 0
-- p32 = duration_ms
-- p33 = 1
-- p34 = 1790035200000000000
-- p35 = 1790035800000000000
-- p36 = pinned
-- p37 = rollbar
-- p38 = http.route
-- p39 = duration_ms
-- p40 = 9
-- p41 = duration_ms
-- p42 = 0
-- p43 = duration_ms
-- p44 = 1790035200000000000
-- p45 = 1790035800000000000
-- p46 = pinned

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
