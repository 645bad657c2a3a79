-- {"calculations":[{"op":"COUNT"}],"filters":[{"column":"any.http.route","op":"=","value":"/a"}]}
SELECT *
FROM (
  SELECT if(grouping(b) = 0, 1, 0) AS kind, b AS bucket, sum(a0) AS v0
  FROM (
    SELECT b, sum(w) AS a0
    FROM (
      SELECT toUInt32((toUnixTimestamp64Nano(start_time) - 1790035200000000000 + 0.5) * (1 / 60000000000)) AS b, toUInt64(greatest(sample_rate, 1)) AS w
      FROM spans
      WHERE start_time >= fromUnixTimestamp64Nano({p0:Int64}, 'UTC') AND start_time < fromUnixTimestamp64Nano({p1:Int64}, 'UTC') AND environment = {p2:String} AND ((NOT ifNull(protocol = {p3:String}, 0)) AND (NOT ifNull(trace_id = toFixedString(unhex({p4:String}), 16), 0)) AND (trace_id IN (
            SELECT trace_id AS anyk0
            FROM spans
            WHERE start_time >= fromUnixTimestamp64Nano({p5:Int64}, 'UTC') AND start_time < fromUnixTimestamp64Nano({p6:Int64}, 'UTC') AND environment = {p7:String} AND ((NOT ifNull(trace_id = toFixedString(unhex({p8:String}), 16), 0)) AND (NOT ifNull(protocol = {p9:String}, 0)) AND ifNull(dynamicElement(attributes.{p10:Identifier}, 'String') = {p11:String}, 0))
            UNION ALL
            SELECT trace_id AS anyk0
            FROM events
            WHERE time >= fromUnixTimestamp64Nano({p12:Int64}, 'UTC') AND time < fromUnixTimestamp64Nano({p13:Int64}, 'UTC') AND environment = {p14:String} AND ((NOT ifNull(trace_id = toFixedString(unhex({p15:String}), 16), 0)) AND ifNull(dynamicElement(attributes.{p16:Identifier}, 'String') = {p17:String}, 0)))))
      UNION ALL
      SELECT toUInt32((toUnixTimestamp64Nano(time) - 1790035200000000000 + 0.5) * (1 / 60000000000)) AS b, toUInt64(greatest(sample_rate, 1)) AS w
      FROM logs
      WHERE time >= fromUnixTimestamp64Nano({p18:Int64}, 'UTC') AND time < fromUnixTimestamp64Nano({p19:Int64}, 'UTC') AND environment = {p20:String} AND ((NOT ifNull(trace_id = toFixedString(unhex({p21:String}), 16), 0)) AND (trace_id IN (
            SELECT trace_id AS anyk0
            FROM spans
            WHERE start_time >= fromUnixTimestamp64Nano({p22:Int64}, 'UTC') AND start_time < fromUnixTimestamp64Nano({p23:Int64}, 'UTC') AND environment = {p24:String} AND ((NOT ifNull(trace_id = toFixedString(unhex({p25:String}), 16), 0)) AND (NOT ifNull(protocol = {p26:String}, 0)) AND ifNull(dynamicElement(attributes.{p27:Identifier}, 'String') = {p28:String}, 0))
            UNION ALL
            SELECT trace_id AS anyk0
            FROM events
            WHERE time >= fromUnixTimestamp64Nano({p29:Int64}, 'UTC') AND time < fromUnixTimestamp64Nano({p30:Int64}, 'UTC') AND environment = {p31:String} AND ((NOT ifNull(trace_id = toFixedString(unhex({p32:String}), 16), 0)) AND ifNull(dynamicElement(attributes.{p33:Identifier}, 'String') = {p34:String}, 0)))))
      UNION ALL
      SELECT toUInt32((toUnixTimestamp64Nano(time) - 1790035200000000000 + 0.5) * (1 / 60000000000)) AS b, toUInt64(greatest({p35:Int64}, 1)) AS w
      FROM occurrences
      WHERE time >= fromUnixTimestamp64Nano({p36:Int64}, 'UTC') AND time < fromUnixTimestamp64Nano({p37:Int64}, 'UTC') AND environment = {p38:String} AND ((NOT ifNull(trace_id = toFixedString(unhex({p39:String}), 16), 0)) AND (trace_id IN (
            SELECT trace_id AS anyk0
            FROM spans
            WHERE start_time >= fromUnixTimestamp64Nano({p40:Int64}, 'UTC') AND start_time < fromUnixTimestamp64Nano({p41:Int64}, 'UTC') AND environment = {p42:String} AND ((NOT ifNull(trace_id = toFixedString(unhex({p43:String}), 16), 0)) AND (NOT ifNull(protocol = {p44:String}, 0)) AND ifNull(dynamicElement(attributes.{p45:Identifier}, 'String') = {p46:String}, 0))
            UNION ALL
            SELECT trace_id AS anyk0
            FROM events
            WHERE time >= fromUnixTimestamp64Nano({p47:Int64}, 'UTC') AND time < fromUnixTimestamp64Nano({p48:Int64}, 'UTC') AND environment = {p49:String} AND ((NOT ifNull(trace_id = toFixedString(unhex({p50:String}), 16), 0)) AND ifNull(dynamicElement(attributes.{p51:Identifier}, 'String') = {p52:String}, 0)))) AND ifNull(protocol = {p53:String}, 0))
      UNION ALL
      SELECT toUInt32((toUnixTimestamp64Nano(time) - 1790035200000000000 + 0.5) * (1 / 60000000000)) AS b, toUInt64(greatest(sample_rate, 1)) AS w
      FROM events
      WHERE time >= fromUnixTimestamp64Nano({p54:Int64}, 'UTC') AND time < fromUnixTimestamp64Nano({p55:Int64}, 'UTC') AND environment = {p56:String} AND ((NOT ifNull(trace_id = toFixedString(unhex({p57:String}), 16), 0)) AND (trace_id IN (
            SELECT trace_id AS anyk0
            FROM spans
            WHERE start_time >= fromUnixTimestamp64Nano({p58:Int64}, 'UTC') AND start_time < fromUnixTimestamp64Nano({p59:Int64}, 'UTC') AND environment = {p60:String} AND ((NOT ifNull(trace_id = toFixedString(unhex({p61:String}), 16), 0)) AND (NOT ifNull(protocol = {p62:String}, 0)) AND ifNull(dynamicElement(attributes.{p63:Identifier}, 'String') = {p64:String}, 0))
            UNION ALL
            SELECT trace_id AS anyk0
            FROM events
            WHERE time >= fromUnixTimestamp64Nano({p65:Int64}, 'UTC') AND time < fromUnixTimestamp64Nano({p66:Int64}, 'UTC') AND environment = {p67:String} AND ((NOT ifNull(trace_id = toFixedString(unhex({p68:String}), 16), 0)) AND ifNull(dynamicElement(attributes.{p69:Identifier}, 'String') = {p70:String}, 0))))))
    GROUP BY b)
  GROUP BY GROUPING SETS ((b), ()))
ORDER BY kind, bucket * (kind = 1)
LIMIT 101 BY if(kind = 2, 0, bucket + kind + 1)
-- p0 = 1790035200000000000
-- p1 = 1790035800000000000
-- p2 = pinned
-- p3 = honeycomb
-- p4 = 00000000000000000000000000000000
-- p5 = 1790034300000000000
-- p6 = 1790036700000000000
-- p7 = pinned
-- p8 = 00000000000000000000000000000000
-- p9 = honeycomb
-- p10 = http.route
-- p11 = /a
-- p12 = 1790034300000000000
-- p13 = 1790036700000000000
-- p14 = pinned
-- p15 = 00000000000000000000000000000000
-- p16 = http.route
-- p17 = /a
-- p18 = 1790035200000000000
-- p19 = 1790035800000000000
-- p20 = pinned
-- p21 = 00000000000000000000000000000000
-- p22 = 1790034300000000000
-- p23 = 1790036700000000000
-- p24 = pinned
-- p25 = 00000000000000000000000000000000
-- p26 = honeycomb
-- p27 = http.route
-- p28 = /a
-- p29 = 1790034300000000000
-- p30 = 1790036700000000000
-- p31 = pinned
-- p32 = 00000000000000000000000000000000
-- p33 = http.route
-- p34 = /a
-- p35 = 1
-- p36 = 1790035200000000000
-- p37 = 1790035800000000000
-- p38 = pinned
-- p39 = 00000000000000000000000000000000
-- p40 = 1790034300000000000
-- p41 = 1790036700000000000
-- p42 = pinned
-- p43 = 00000000000000000000000000000000
-- p44 = honeycomb
-- p45 = http.route
-- p46 = /a
-- p47 = 1790034300000000000
-- p48 = 1790036700000000000
-- p49 = pinned
-- p50 = 00000000000000000000000000000000
-- p51 = http.route
-- p52 = /a
-- p53 = rollbar
-- p54 = 1790035200000000000
-- p55 = 1790035800000000000
-- p56 = pinned
-- p57 = 00000000000000000000000000000000
-- p58 = 1790034300000000000
-- p59 = 1790036700000000000
-- p60 = pinned
-- p61 = 00000000000000000000000000000000
-- p62 = honeycomb
-- p63 = http.route
-- p64 = /a
-- p65 = 1790034300000000000
-- p66 = 1790036700000000000
-- p67 = pinned
-- p68 = 00000000000000000000000000000000
-- p69 = http.route
-- p70 = /a

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
