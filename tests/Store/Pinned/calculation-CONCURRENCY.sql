-- {"calculations":[{"op":"CONCURRENCY"}],"breakdowns":["http.route"]}
SELECT *
FROM (
  SELECT multiIf(grouping(k0) = 0, 2, grouping(b) = 0, 1, 0) AS kind, b AS bucket, k0 AS g0, sum(a0) AS v0, groupArray(tuple(b, a0)) AS points
  FROM (
    SELECT k0, b, sum(x0 * w) AS a0
    FROM (
      SELECT CAST(toString(dynamicElement(attributes.{p0:Identifier}, 'String')), 'Nullable(String)') AS k0, (least(duration_ns, ({p1:Int64} - toUnixTimestamp64Nano(start_time))) / {p2:Float64}) AS x0, toUInt32((toUnixTimestamp64Nano(start_time) - 1790035200000000000 + 0.5) * (1 / 60000000000)) AS b, toUInt64(greatest(sample_rate, 1)) AS w
      FROM spans
      WHERE start_time >= fromUnixTimestamp64Nano({p3:Int64}, 'UTC') AND start_time < fromUnixTimestamp64Nano({p4:Int64}, 'UTC') AND environment = {p5:String} AND ((NOT ifNull(protocol = {p6:String}, 0)))
      UNION ALL
      SELECT CAST(toString(dynamicElement(attributes.{p7:Identifier}, 'String')), 'Nullable(String)') AS k0, {p8:Float64} AS x0, toUInt32((toUnixTimestamp64Nano(time) - 1790035200000000000 + 0.5) * (1 / 60000000000)) AS b, toUInt64(greatest(sample_rate, 1)) AS w
      FROM logs
      WHERE time >= fromUnixTimestamp64Nano({p9:Int64}, 'UTC') AND time < fromUnixTimestamp64Nano({p10:Int64}, 'UTC') AND environment = {p11:String} AND 1
      UNION ALL
      SELECT CAST(toString(dynamicElement(attributes.{p12:Identifier}, 'String')), 'Nullable(String)') AS k0, {p13:Float64} AS x0, toUInt32((toUnixTimestamp64Nano(time) - 1790035200000000000 + 0.5) * (1 / 60000000000)) AS b, toUInt64(greatest({p14:Int64}, 1)) AS w
      FROM occurrences
      WHERE time >= fromUnixTimestamp64Nano({p15:Int64}, 'UTC') AND time < fromUnixTimestamp64Nano({p16:Int64}, 'UTC') AND environment = {p17:String} AND (ifNull(protocol = {p18:String}, 0))
      UNION ALL
      SELECT CAST(toString(dynamicElement(attributes.{p19:Identifier}, 'String')), 'Nullable(String)') AS k0, (least(duration_ns, ({p20:Int64} - toUnixTimestamp64Nano(time))) / {p21:Float64}) AS x0, toUInt32((toUnixTimestamp64Nano(time) - 1790035200000000000 + 0.5) * (1 / 60000000000)) AS b, toUInt64(greatest(sample_rate, 1)) AS w
      FROM events
      WHERE time >= fromUnixTimestamp64Nano({p22:Int64}, 'UTC') AND time < fromUnixTimestamp64Nano({p23:Int64}, 'UTC') AND environment = {p24:String} AND 1)
    GROUP BY k0, b)
  GROUP BY GROUPING SETS ((k0), (b), ()))
ORDER BY kind, bucket * (kind = 1), v0 DESC NULLS LAST, g0 NULLS LAST
LIMIT 101 BY if(kind = 2, 0, bucket + kind + 1)
-- p0 = http.route
-- p1 = 1790035800000000000
-- p2 = 600000000000
-- p3 = 1790035200000000000
-- p4 = 1790035800000000000
-- p5 = pinned
-- p6 = honeycomb
-- p7 = http.route
-- p8 = 0
-- p9 = 1790035200000000000
-- p10 = 1790035800000000000
-- p11 = pinned
-- p12 = http.route
-- p13 = 0
-- p14 = 1
-- p15 = 1790035200000000000
-- p16 = 1790035800000000000
-- p17 = pinned
-- p18 = rollbar
-- p19 = http.route
-- p20 = 1790035800000000000
-- p21 = 600000000000
-- p22 = 1790035200000000000
-- p23 = 1790035800000000000
-- p24 = pinned

SELECT k0 AS c0, b AS c1, sum(w) AS c2, sum((f * w)) AS c3
FROM (
  SELECT CAST(toString(dynamicElement(attributes.{p0:Identifier}, 'String')), 'Nullable(String)') AS k0, toUInt32((toUnixTimestamp64Nano(addNanoseconds(start_time, toInt64(duration_ns))) - 1790035200000000000 + 0.5) * (1 / 60000000000)) AS b, (((toUnixTimestamp64Nano(addNanoseconds(start_time, toInt64(duration_ns))) - 1790035200000000000) % 60000000000) / 60000000000) AS f, toUInt64(greatest(sample_rate, 1)) AS w
  FROM spans
  WHERE start_time >= fromUnixTimestamp64Nano({p1:Int64}, 'UTC') AND start_time < fromUnixTimestamp64Nano({p2:Int64}, 'UTC') AND environment = {p3:String} AND ((NOT ifNull(protocol = {p4:String}, 0)) AND (1 AND ifNull(duration_ns < ({p5:Int64} - toUnixTimestamp64Nano(start_time)), 0)))
  UNION ALL
  SELECT CAST(toString(dynamicElement(attributes.{p6:Identifier}, 'String')), 'Nullable(String)') AS k0, toUInt32((toUnixTimestamp64Nano(time) - 1790035200000000000 + 0.5) * (1 / 60000000000)) AS b, (((toUnixTimestamp64Nano(time) - 1790035200000000000) % 60000000000) / 60000000000) AS f, toUInt64(greatest(sample_rate, 1)) AS w
  FROM logs
  WHERE time >= fromUnixTimestamp64Nano({p7:Int64}, 'UTC') AND time < fromUnixTimestamp64Nano({p8:Int64}, 'UTC') AND environment = {p9:String} AND (1)
  UNION ALL
  SELECT CAST(toString(dynamicElement(attributes.{p10:Identifier}, 'String')), 'Nullable(String)') AS k0, toUInt32((toUnixTimestamp64Nano(time) - 1790035200000000000 + 0.5) * (1 / 60000000000)) AS b, (((toUnixTimestamp64Nano(time) - 1790035200000000000) % 60000000000) / 60000000000) AS f, toUInt64(greatest({p11:Int64}, 1)) AS w
  FROM occurrences
  WHERE time >= fromUnixTimestamp64Nano({p12:Int64}, 'UTC') AND time < fromUnixTimestamp64Nano({p13:Int64}, 'UTC') AND environment = {p14:String} AND (ifNull(protocol = {p15:String}, 0) AND 1)
  UNION ALL
  SELECT CAST(toString(dynamicElement(attributes.{p16:Identifier}, 'String')), 'Nullable(String)') AS k0, toUInt32((toUnixTimestamp64Nano(addNanoseconds(time, toInt64(duration_ns))) - 1790035200000000000 + 0.5) * (1 / 60000000000)) AS b, (((toUnixTimestamp64Nano(addNanoseconds(time, toInt64(duration_ns))) - 1790035200000000000) % 60000000000) / 60000000000) AS f, toUInt64(greatest(sample_rate, 1)) AS w
  FROM events
  WHERE time >= fromUnixTimestamp64Nano({p17:Int64}, 'UTC') AND time < fromUnixTimestamp64Nano({p18:Int64}, 'UTC') AND environment = {p19:String} AND ((1 AND ifNull(duration_ns < ({p20:Int64} - toUnixTimestamp64Nano(time)), 0))))
GROUP BY k0, b
LIMIT 1000001
-- p0 = http.route
-- p1 = 1790035200000000000
-- p2 = 1790035800000000000
-- p3 = pinned
-- p4 = honeycomb
-- p5 = 1790035800000000000
-- p6 = http.route
-- p7 = 1790035200000000000
-- p8 = 1790035800000000000
-- p9 = pinned
-- p10 = http.route
-- p11 = 1
-- p12 = 1790035200000000000
-- p13 = 1790035800000000000
-- p14 = pinned
-- p15 = rollbar
-- p16 = http.route
-- p17 = 1790035200000000000
-- p18 = 1790035800000000000
-- p19 = pinned
-- p20 = 1790035800000000000

SELECT k0 AS c0, b AS c1, sum(w) AS c2, sum((f * w)) AS c3
FROM (
  SELECT CAST(toString(dynamicElement(attributes.{p0:Identifier}, 'String')), 'Nullable(String)') AS k0, toUInt32((toUnixTimestamp64Nano(start_time) - 1790035200000000000 + 0.5) * (1 / 60000000000)) AS b, (((toUnixTimestamp64Nano(start_time) - 1790035200000000000) % 60000000000) / 60000000000) AS f, toUInt64(greatest(sample_rate, 1)) AS w
  FROM spans
  WHERE start_time >= fromUnixTimestamp64Nano({p1:Int64}, 'UTC') AND start_time < fromUnixTimestamp64Nano({p2:Int64}, 'UTC') AND environment = {p3:String} AND ((NOT ifNull(protocol = {p4:String}, 0)) AND 1)
  UNION ALL
  SELECT CAST(toString(dynamicElement(attributes.{p5:Identifier}, 'String')), 'Nullable(String)') AS k0, toUInt32((toUnixTimestamp64Nano(time) - 1790035200000000000 + 0.5) * (1 / 60000000000)) AS b, (((toUnixTimestamp64Nano(time) - 1790035200000000000) % 60000000000) / 60000000000) AS f, toUInt64(greatest(sample_rate, 1)) AS w
  FROM logs
  WHERE time >= fromUnixTimestamp64Nano({p6:Int64}, 'UTC') AND time < fromUnixTimestamp64Nano({p7:Int64}, 'UTC') AND environment = {p8:String} AND (1)
  UNION ALL
  SELECT CAST(toString(dynamicElement(attributes.{p9:Identifier}, 'String')), 'Nullable(String)') AS k0, toUInt32((toUnixTimestamp64Nano(time) - 1790035200000000000 + 0.5) * (1 / 60000000000)) AS b, (((toUnixTimestamp64Nano(time) - 1790035200000000000) % 60000000000) / 60000000000) AS f, toUInt64(greatest({p10:Int64}, 1)) AS w
  FROM occurrences
  WHERE time >= fromUnixTimestamp64Nano({p11:Int64}, 'UTC') AND time < fromUnixTimestamp64Nano({p12:Int64}, 'UTC') AND environment = {p13:String} AND (ifNull(protocol = {p14:String}, 0) AND 1)
  UNION ALL
  SELECT CAST(toString(dynamicElement(attributes.{p15:Identifier}, 'String')), 'Nullable(String)') AS k0, toUInt32((toUnixTimestamp64Nano(time) - 1790035200000000000 + 0.5) * (1 / 60000000000)) AS b, (((toUnixTimestamp64Nano(time) - 1790035200000000000) % 60000000000) / 60000000000) AS f, toUInt64(greatest(sample_rate, 1)) AS w
  FROM events
  WHERE time >= fromUnixTimestamp64Nano({p16:Int64}, 'UTC') AND time < fromUnixTimestamp64Nano({p17:Int64}, 'UTC') AND environment = {p18:String} AND (1))
GROUP BY k0, b
LIMIT 1000001
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

SELECT key, groupUniqArray(type), groupUniqArray(signal), max(on_resource), toInt64(toUnixTimestamp(max(last_seen))), toInt64(toUnixTimestamp(toDateTime(min(day), 'UTC')))
FROM column_keys
WHERE key IN ({p0:String})
GROUP BY key
-- p0 = http.route

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
