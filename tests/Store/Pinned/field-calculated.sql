-- {"calculations":[{"op":"AVG","column":"slow"}],"calculated_fields":[{"name":"slow","expression":"IF(GT($duration_ms, 10), 1, 0)"}]}
SELECT *
FROM (
  SELECT if(grouping(b) = 0, 1, 0) AS kind, b AS bucket, (sum(a1) / nullIf(sum(a0), {p0:Int64})) AS v0
  FROM (
    SELECT b, sumIf(w, isNotNull(x0)) AS a0, sum(x0 * w) AS a1
    FROM (
      SELECT CAST(if(isFinite(toFloat64(multiIf(ifNull((duration_ns / {p1:Float64}) > {p2:Int64}, 0), {p3:Int64}, {p4:Int64}))), toFloat64(multiIf(ifNull((duration_ns / {p1:Float64}) > {p2:Int64}, 0), {p3:Int64}, {p4:Int64})), NULL), 'Nullable(Float64)') AS x0, toUInt32((toUnixTimestamp64Nano(start_time) - 1790035200000000000 + 0.5) * (1 / 60000000000)) AS b, toUInt64(greatest(sample_rate, 1)) AS w
      FROM spans
      WHERE start_time >= fromUnixTimestamp64Nano({p5:Int64}, 'UTC') AND start_time < fromUnixTimestamp64Nano({p6:Int64}, 'UTC') AND environment = {p7:String} AND ((NOT ifNull(protocol = {p8:String}, 0)))
      UNION ALL
      SELECT CAST(if(isFinite(toFloat64(multiIf(ifNull(coalesce(toFloat64(dynamicElement(attributes.{p9:Identifier}, 'Int64')), dynamicElement(attributes.{p10:Identifier}, 'Float64')) > {p11:Int64}, 0), {p12:Int64}, {p13:Int64}))), toFloat64(multiIf(ifNull(coalesce(toFloat64(dynamicElement(attributes.{p9:Identifier}, 'Int64')), dynamicElement(attributes.{p10:Identifier}, 'Float64')) > {p11:Int64}, 0), {p12:Int64}, {p13:Int64})), NULL), 'Nullable(Float64)') AS x0, toUInt32((toUnixTimestamp64Nano(time) - 1790035200000000000 + 0.5) * (1 / 60000000000)) AS b, toUInt64(greatest(sample_rate, 1)) AS w
      FROM logs
      WHERE time >= fromUnixTimestamp64Nano({p14:Int64}, 'UTC') AND time < fromUnixTimestamp64Nano({p15:Int64}, 'UTC') AND environment = {p16:String} AND 1
      UNION ALL
      SELECT CAST(if(isFinite(toFloat64(multiIf(ifNull(coalesce(toFloat64(dynamicElement(attributes.{p17:Identifier}, 'Int64')), dynamicElement(attributes.{p18:Identifier}, 'Float64')) > {p19:Int64}, 0), {p20:Int64}, {p21:Int64}))), toFloat64(multiIf(ifNull(coalesce(toFloat64(dynamicElement(attributes.{p17:Identifier}, 'Int64')), dynamicElement(attributes.{p18:Identifier}, 'Float64')) > {p19:Int64}, 0), {p20:Int64}, {p21:Int64})), NULL), 'Nullable(Float64)') AS x0, toUInt32((toUnixTimestamp64Nano(time) - 1790035200000000000 + 0.5) * (1 / 60000000000)) AS b, toUInt64(greatest({p22:Int64}, 1)) AS w
      FROM occurrences
      WHERE time >= fromUnixTimestamp64Nano({p23:Int64}, 'UTC') AND time < fromUnixTimestamp64Nano({p24:Int64}, 'UTC') AND environment = {p25:String} AND (ifNull(protocol = {p26:String}, 0))
      UNION ALL
      SELECT CAST(if(isFinite(toFloat64(multiIf(ifNull(coalesce(toFloat64(dynamicElement(attributes.{p27:Identifier}, 'Int64')), dynamicElement(attributes.{p28:Identifier}, 'Float64')) > {p29:Int64}, 0), {p30:Int64}, {p31:Int64}))), toFloat64(multiIf(ifNull(coalesce(toFloat64(dynamicElement(attributes.{p27:Identifier}, 'Int64')), dynamicElement(attributes.{p28:Identifier}, 'Float64')) > {p29:Int64}, 0), {p30:Int64}, {p31:Int64})), NULL), 'Nullable(Float64)') AS x0, toUInt32((toUnixTimestamp64Nano(time) - 1790035200000000000 + 0.5) * (1 / 60000000000)) AS b, toUInt64(greatest(sample_rate, 1)) AS w
      FROM events
      WHERE time >= fromUnixTimestamp64Nano({p32:Int64}, 'UTC') AND time < fromUnixTimestamp64Nano({p33:Int64}, 'UTC') AND environment = {p34:String} AND 1)
    GROUP BY b)
  GROUP BY GROUPING SETS ((b), ()))
ORDER BY kind, bucket * (kind = 1)
LIMIT 101 BY if(kind = 2, 0, bucket + kind + 1)
-- p0 = 0
-- p1 = 1000000
-- p2 = 10
-- p3 = 1
-- p4 = 0
-- p5 = 1790035200000000000
-- p6 = 1790035800000000000
-- p7 = pinned
-- p8 = honeycomb
-- p9 = duration_ms
-- p10 = duration_ms
-- p11 = 10
-- p12 = 1
-- p13 = 0
-- p14 = 1790035200000000000
-- p15 = 1790035800000000000
-- p16 = pinned
-- p17 = duration_ms
-- p18 = duration_ms
-- p19 = 10
-- p20 = 1
-- p21 = 0
-- p22 = 1
-- p23 = 1790035200000000000
-- p24 = 1790035800000000000
-- p25 = pinned
-- p26 = rollbar
-- p27 = duration_ms
-- p28 = duration_ms
-- p29 = 10
-- p30 = 1
-- p31 = 0
-- p32 = 1790035200000000000
-- p33 = 1790035800000000000
-- p34 = pinned

SELECT key, groupUniqArray(type), groupUniqArray(signal), max(on_resource), toInt64(toUnixTimestamp(max(last_seen))), toInt64(toUnixTimestamp(toDateTime(min(day), 'UTC')))
FROM column_keys
WHERE key IN ({p0:String}, {p1:String})
GROUP BY key
-- p0 = slow
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
