-- {"calculations":[{"op":"COUNT"}],"filter_combination":"OR","filters":[{"column":"user","op":"=","value":"u1"},{"column":"http.route","op":"=","value":"/a"}]}
SELECT *
FROM (
  SELECT if(grouping(b) = 0, 1, 0) AS kind, b AS bucket, sum(a0) AS v0
  FROM (
    SELECT b, sum(w) AS a0
    FROM (
      SELECT toUInt32((toUnixTimestamp64Nano(start_time) - 1790035200000000000 + 0.5) * (1 / 60000000000)) AS b, toUInt64(greatest(sample_rate, 1)) AS w
      FROM spans
      WHERE start_time >= fromUnixTimestamp64Nano({p0:Int64}, 'UTC') AND start_time < fromUnixTimestamp64Nano({p1:Int64}, 'UTC') AND environment = {p2:String} AND ((NOT ifNull(protocol = {p3:String}, 0)) AND (ifNull(dynamicElement(attributes.{p4:Identifier}, 'String') = {p5:String}, 0) OR ifNull(dynamicElement(attributes.{p6:Identifier}, 'String') = {p7:String}, 0)))
      UNION ALL
      SELECT toUInt32((toUnixTimestamp64Nano(time) - 1790035200000000000 + 0.5) * (1 / 60000000000)) AS b, toUInt64(greatest(sample_rate, 1)) AS w
      FROM logs
      WHERE time >= fromUnixTimestamp64Nano({p8:Int64}, 'UTC') AND time < fromUnixTimestamp64Nano({p9:Int64}, 'UTC') AND environment = {p10:String} AND ((ifNull(dynamicElement(attributes.{p11:Identifier}, 'String') = {p12:String}, 0) OR ifNull(dynamicElement(attributes.{p13:Identifier}, 'String') = {p14:String}, 0)))
      UNION ALL
      SELECT toUInt32((toUnixTimestamp64Nano(time) - 1790035200000000000 + 0.5) * (1 / 60000000000)) AS b, toUInt64(greatest({p15:Int64}, 1)) AS w
      FROM occurrences
      WHERE time >= fromUnixTimestamp64Nano({p16:Int64}, 'UTC') AND time < fromUnixTimestamp64Nano({p17:Int64}, 'UTC') AND environment = {p18:String} AND ((ifNull(dynamicElement(attributes.{p19:Identifier}, 'String') = {p20:String}, 0) OR ifNull(dynamicElement(attributes.{p21:Identifier}, 'String') = {p22:String}, 0)) AND ifNull(protocol = {p23:String}, 0))
      UNION ALL
      SELECT toUInt32((toUnixTimestamp64Nano(time) - 1790035200000000000 + 0.5) * (1 / 60000000000)) AS b, toUInt64(greatest(sample_rate, 1)) AS w
      FROM events
      WHERE time >= fromUnixTimestamp64Nano({p24:Int64}, 'UTC') AND time < fromUnixTimestamp64Nano({p25:Int64}, 'UTC') AND environment = {p26:String} AND ((ifNull(dynamicElement(attributes.{p27:Identifier}, 'String') = {p28:String}, 0) OR ifNull(dynamicElement(attributes.{p29:Identifier}, 'String') = {p30:String}, 0))))
    GROUP BY b)
  GROUP BY GROUPING SETS ((b), ()))
ORDER BY kind, bucket * (kind = 1)
LIMIT 101 BY if(kind = 2, 0, bucket + kind + 1)
-- p0 = 1790035200000000000
-- p1 = 1790035800000000000
-- p2 = pinned
-- p3 = honeycomb
-- p4 = user
-- p5 = u1
-- p6 = http.route
-- p7 = /a
-- p8 = 1790035200000000000
-- p9 = 1790035800000000000
-- p10 = pinned
-- p11 = user
-- p12 = u1
-- p13 = http.route
-- p14 = /a
-- p15 = 1
-- p16 = 1790035200000000000
-- p17 = 1790035800000000000
-- p18 = pinned
-- p19 = user
-- p20 = u1
-- p21 = http.route
-- p22 = /a
-- p23 = rollbar
-- p24 = 1790035200000000000
-- p25 = 1790035800000000000
-- p26 = pinned
-- p27 = user
-- p28 = u1
-- p29 = http.route
-- p30 = /a

SELECT key, groupUniqArray(type), groupUniqArray(signal), max(on_resource), toInt64(toUnixTimestamp(max(last_seen))), toInt64(toUnixTimestamp(toDateTime(min(day), 'UTC')))
FROM column_keys
WHERE key IN ({p0:String}, {p1:String})
GROUP BY key
-- p0 = user
-- p1 = http.route

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
