-- {"calculations":[{"op":"COUNT"}],"filters":[{"column":"root.http.route","op":"=","value":"/a"}]}
SELECT *
FROM (
  SELECT if(grouping(b) = 0, 1, 0) AS kind, b AS bucket, sum(a0) AS v0
  FROM (
    SELECT b, sum(w) AS a0
    FROM (
      SELECT toUInt32((toUnixTimestamp64Nano(start_time) - 1790035200000000000 + 0.5) * (1 / 60000000000)) AS b, toUInt64(greatest(sample_rate, 1)) AS w
      FROM spans
      WHERE start_time >= fromUnixTimestamp64Nano({p0:Int64}, 'UTC') AND start_time < fromUnixTimestamp64Nano({p1:Int64}, 'UTC') AND environment = {p2:String} AND ((NOT ifNull(protocol = {p3:String}, 0)) AND (NOT ifNull(trace_id = toFixedString(unhex({p4:String}), 16), 0)) AND (trace_id IN (
            SELECT trace_id AS rootk0
            FROM spans
            WHERE start_time >= fromUnixTimestamp64Nano({p5:Int64}, 'UTC') AND start_time < fromUnixTimestamp64Nano({p6:Int64}, 'UTC') AND environment = {p7:String} AND ((NOT ifNull(trace_id = toFixedString(unhex({p8:String}), 16), 0)) AND (NOT ifNull(protocol = {p9:String}, 0)) AND ifNull(parent_span_id = toFixedString(unhex({p10:String}), 8), 0) AND ifNull(dynamicElement(attributes.{p11:Identifier}, 'String') = {p12:String}, 0))
            UNION ALL
            SELECT trace_id AS rootk0
            FROM events
            WHERE time >= fromUnixTimestamp64Nano({p13:Int64}, 'UTC') AND time < fromUnixTimestamp64Nano({p14:Int64}, 'UTC') AND environment = {p15:String} AND ((NOT ifNull(trace_id = toFixedString(unhex({p16:String}), 16), 0)) AND ifNull(parent_span_id = toFixedString(unhex({p17:String}), 8), 0) AND ifNull(dynamicElement(attributes.{p18:Identifier}, 'String') = {p19:String}, 0)))))
      UNION ALL
      SELECT toUInt32((toUnixTimestamp64Nano(time) - 1790035200000000000 + 0.5) * (1 / 60000000000)) AS b, toUInt64(greatest(sample_rate, 1)) AS w
      FROM logs
      WHERE time >= fromUnixTimestamp64Nano({p20:Int64}, 'UTC') AND time < fromUnixTimestamp64Nano({p21:Int64}, 'UTC') AND environment = {p22:String} AND ((NOT ifNull(trace_id = toFixedString(unhex({p23:String}), 16), 0)) AND (trace_id IN (
            SELECT trace_id AS rootk0
            FROM spans
            WHERE start_time >= fromUnixTimestamp64Nano({p24:Int64}, 'UTC') AND start_time < fromUnixTimestamp64Nano({p25:Int64}, 'UTC') AND environment = {p26:String} AND ((NOT ifNull(trace_id = toFixedString(unhex({p27:String}), 16), 0)) AND (NOT ifNull(protocol = {p28:String}, 0)) AND ifNull(parent_span_id = toFixedString(unhex({p29:String}), 8), 0) AND ifNull(dynamicElement(attributes.{p30:Identifier}, 'String') = {p31:String}, 0))
            UNION ALL
            SELECT trace_id AS rootk0
            FROM events
            WHERE time >= fromUnixTimestamp64Nano({p32:Int64}, 'UTC') AND time < fromUnixTimestamp64Nano({p33:Int64}, 'UTC') AND environment = {p34:String} AND ((NOT ifNull(trace_id = toFixedString(unhex({p35:String}), 16), 0)) AND ifNull(parent_span_id = toFixedString(unhex({p36:String}), 8), 0) AND ifNull(dynamicElement(attributes.{p37:Identifier}, 'String') = {p38:String}, 0)))))
      UNION ALL
      SELECT toUInt32((toUnixTimestamp64Nano(time) - 1790035200000000000 + 0.5) * (1 / 60000000000)) AS b, toUInt64(greatest({p39:Int64}, 1)) AS w
      FROM occurrences
      WHERE time >= fromUnixTimestamp64Nano({p40:Int64}, 'UTC') AND time < fromUnixTimestamp64Nano({p41:Int64}, 'UTC') AND environment = {p42:String} AND ((NOT ifNull(trace_id = toFixedString(unhex({p43:String}), 16), 0)) AND (trace_id IN (
            SELECT trace_id AS rootk0
            FROM spans
            WHERE start_time >= fromUnixTimestamp64Nano({p44:Int64}, 'UTC') AND start_time < fromUnixTimestamp64Nano({p45:Int64}, 'UTC') AND environment = {p46:String} AND ((NOT ifNull(trace_id = toFixedString(unhex({p47:String}), 16), 0)) AND (NOT ifNull(protocol = {p48:String}, 0)) AND ifNull(parent_span_id = toFixedString(unhex({p49:String}), 8), 0) AND ifNull(dynamicElement(attributes.{p50:Identifier}, 'String') = {p51:String}, 0))
            UNION ALL
            SELECT trace_id AS rootk0
            FROM events
            WHERE time >= fromUnixTimestamp64Nano({p52:Int64}, 'UTC') AND time < fromUnixTimestamp64Nano({p53:Int64}, 'UTC') AND environment = {p54:String} AND ((NOT ifNull(trace_id = toFixedString(unhex({p55:String}), 16), 0)) AND ifNull(parent_span_id = toFixedString(unhex({p56:String}), 8), 0) AND ifNull(dynamicElement(attributes.{p57:Identifier}, 'String') = {p58:String}, 0)))) AND ifNull(protocol = {p59:String}, 0))
      UNION ALL
      SELECT toUInt32((toUnixTimestamp64Nano(time) - 1790035200000000000 + 0.5) * (1 / 60000000000)) AS b, toUInt64(greatest(sample_rate, 1)) AS w
      FROM events
      WHERE time >= fromUnixTimestamp64Nano({p60:Int64}, 'UTC') AND time < fromUnixTimestamp64Nano({p61:Int64}, 'UTC') AND environment = {p62:String} AND ((NOT ifNull(trace_id = toFixedString(unhex({p63:String}), 16), 0)) AND (trace_id IN (
            SELECT trace_id AS rootk0
            FROM spans
            WHERE start_time >= fromUnixTimestamp64Nano({p64:Int64}, 'UTC') AND start_time < fromUnixTimestamp64Nano({p65:Int64}, 'UTC') AND environment = {p66:String} AND ((NOT ifNull(trace_id = toFixedString(unhex({p67:String}), 16), 0)) AND (NOT ifNull(protocol = {p68:String}, 0)) AND ifNull(parent_span_id = toFixedString(unhex({p69:String}), 8), 0) AND ifNull(dynamicElement(attributes.{p70:Identifier}, 'String') = {p71:String}, 0))
            UNION ALL
            SELECT trace_id AS rootk0
            FROM events
            WHERE time >= fromUnixTimestamp64Nano({p72:Int64}, 'UTC') AND time < fromUnixTimestamp64Nano({p73:Int64}, 'UTC') AND environment = {p74:String} AND ((NOT ifNull(trace_id = toFixedString(unhex({p75:String}), 16), 0)) AND ifNull(parent_span_id = toFixedString(unhex({p76:String}), 8), 0) AND ifNull(dynamicElement(attributes.{p77:Identifier}, 'String') = {p78:String}, 0))))))
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
-- p10 = 0000000000000000
-- p11 = http.route
-- p12 = /a
-- p13 = 1790034300000000000
-- p14 = 1790036700000000000
-- p15 = pinned
-- p16 = 00000000000000000000000000000000
-- p17 = 0000000000000000
-- p18 = http.route
-- p19 = /a
-- p20 = 1790035200000000000
-- p21 = 1790035800000000000
-- p22 = pinned
-- p23 = 00000000000000000000000000000000
-- p24 = 1790034300000000000
-- p25 = 1790036700000000000
-- p26 = pinned
-- p27 = 00000000000000000000000000000000
-- p28 = honeycomb
-- p29 = 0000000000000000
-- p30 = http.route
-- p31 = /a
-- p32 = 1790034300000000000
-- p33 = 1790036700000000000
-- p34 = pinned
-- p35 = 00000000000000000000000000000000
-- p36 = 0000000000000000
-- p37 = http.route
-- p38 = /a
-- p39 = 1
-- p40 = 1790035200000000000
-- p41 = 1790035800000000000
-- p42 = pinned
-- p43 = 00000000000000000000000000000000
-- p44 = 1790034300000000000
-- p45 = 1790036700000000000
-- p46 = pinned
-- p47 = 00000000000000000000000000000000
-- p48 = honeycomb
-- p49 = 0000000000000000
-- p50 = http.route
-- p51 = /a
-- p52 = 1790034300000000000
-- p53 = 1790036700000000000
-- p54 = pinned
-- p55 = 00000000000000000000000000000000
-- p56 = 0000000000000000
-- p57 = http.route
-- p58 = /a
-- p59 = rollbar
-- p60 = 1790035200000000000
-- p61 = 1790035800000000000
-- p62 = pinned
-- p63 = 00000000000000000000000000000000
-- p64 = 1790034300000000000
-- p65 = 1790036700000000000
-- p66 = pinned
-- p67 = 00000000000000000000000000000000
-- p68 = honeycomb
-- p69 = 0000000000000000
-- p70 = http.route
-- p71 = /a
-- p72 = 1790034300000000000
-- p73 = 1790036700000000000
-- p74 = pinned
-- p75 = 00000000000000000000000000000000
-- p76 = 0000000000000000
-- p77 = http.route
-- p78 = /a

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
