-- {"calculations":[{"op":"COUNT"}],"filters":[{"column":"http.status_code","op":"=","value":9007199254740993}]}
SELECT *
FROM (
  SELECT if(grouping(b) = 0, 1, 0) AS kind, b AS bucket, sum(a0) AS v0
  FROM (
    SELECT b, sum(w) AS a0
    FROM (
      SELECT toUInt32((toUnixTimestamp64Nano(start_time) - 1790035200000000000 + 0.5) * (1 / 60000000000)) AS b, toUInt64(greatest(sample_rate, 1)) AS w
      FROM spans
      WHERE start_time >= fromUnixTimestamp64Nano({p0:Int64}, 'UTC') AND start_time < fromUnixTimestamp64Nano({p1:Int64}, 'UTC') AND environment = {p2:String} AND ((NOT ifNull(protocol = {p3:String}, 0)) AND (ifNull(dynamicElement(attributes.{p4:Identifier}, 'Int64') = {p6:Int64}, 0) OR ifNull(dynamicElement(attributes.{p5:Identifier}, 'Float64') = {p7:Int64}, 0)))
      UNION ALL
      SELECT toUInt32((toUnixTimestamp64Nano(time) - 1790035200000000000 + 0.5) * (1 / 60000000000)) AS b, toUInt64(greatest(sample_rate, 1)) AS w
      FROM logs
      WHERE time >= fromUnixTimestamp64Nano({p8:Int64}, 'UTC') AND time < fromUnixTimestamp64Nano({p9:Int64}, 'UTC') AND environment = {p10:String} AND ((ifNull(dynamicElement(attributes.{p11:Identifier}, 'Int64') = {p13:Int64}, 0) OR ifNull(dynamicElement(attributes.{p12:Identifier}, 'Float64') = {p14:Int64}, 0)))
      UNION ALL
      SELECT toUInt32((toUnixTimestamp64Nano(time) - 1790035200000000000 + 0.5) * (1 / 60000000000)) AS b, toUInt64(greatest({p15:Int64}, 1)) AS w
      FROM occurrences
      WHERE time >= fromUnixTimestamp64Nano({p16:Int64}, 'UTC') AND time < fromUnixTimestamp64Nano({p17:Int64}, 'UTC') AND environment = {p18:String} AND ((ifNull(dynamicElement(attributes.{p19:Identifier}, 'Int64') = {p21:Int64}, 0) OR ifNull(dynamicElement(attributes.{p20:Identifier}, 'Float64') = {p22:Int64}, 0)) AND ifNull(protocol = {p23:String}, 0))
      UNION ALL
      SELECT toUInt32((toUnixTimestamp64Nano(time) - 1790035200000000000 + 0.5) * (1 / 60000000000)) AS b, toUInt64(greatest(sample_rate, 1)) AS w
      FROM events
      WHERE time >= fromUnixTimestamp64Nano({p24:Int64}, 'UTC') AND time < fromUnixTimestamp64Nano({p25:Int64}, 'UTC') AND environment = {p26:String} AND ((ifNull(dynamicElement(attributes.{p27:Identifier}, 'Int64') = {p29:Int64}, 0) OR ifNull(dynamicElement(attributes.{p28:Identifier}, 'Float64') = {p30:Int64}, 0))))
    GROUP BY b)
  GROUP BY GROUPING SETS ((b), ()))
ORDER BY kind, bucket * (kind = 1)
LIMIT 101 BY if(kind = 2, 0, bucket + kind + 1)
-- p0 = 1790035200000000000
-- p1 = 1790035800000000000
-- p2 = pinned
-- p3 = honeycomb
-- p4 = http.status_code
-- p5 = http.status_code
-- p6 = 9007199254740993
-- p7 = 9007199254740993
-- p8 = 1790035200000000000
-- p9 = 1790035800000000000
-- p10 = pinned
-- p11 = http.status_code
-- p12 = http.status_code
-- p13 = 9007199254740993
-- p14 = 9007199254740993
-- p15 = 1
-- p16 = 1790035200000000000
-- p17 = 1790035800000000000
-- p18 = pinned
-- p19 = http.status_code
-- p20 = http.status_code
-- p21 = 9007199254740993
-- p22 = 9007199254740993
-- p23 = rollbar
-- p24 = 1790035200000000000
-- p25 = 1790035800000000000
-- p26 = pinned
-- p27 = http.status_code
-- p28 = http.status_code
-- p29 = 9007199254740993
-- p30 = 9007199254740993

SELECT key, groupUniqArray(type), groupUniqArray(signal), max(on_resource), toInt64(toUnixTimestamp(max(last_seen))), toInt64(toUnixTimestamp(toDateTime(min(day), 'UTC')))
FROM column_keys
WHERE key IN ({p0:String})
GROUP BY key
-- p0 = http.status_code

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
