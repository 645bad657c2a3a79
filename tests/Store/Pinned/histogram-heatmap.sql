-- {"calculations":[{"op":"HEATMAP","column":"value"}],"signals":["metrics"]}
SELECT b AS c0, roundDown(x, [toFloat64(3), toFloat64(4), toFloat64(5), toFloat64(6), toFloat64(7), toFloat64(8), toFloat64(9), toFloat64(10), toFloat64(11), toFloat64(12), toFloat64(13), toFloat64(14), toFloat64(15), toFloat64(16), toFloat64(17), toFloat64(18), toFloat64(19), toFloat64(20), toFloat64(21), toFloat64(22), toFloat64(23), toFloat64(24), toFloat64(25)]) AS c1, sum(w) AS c2
FROM (
  SELECT CAST(if(isFinite(toFloat64(if(((ifNull(type = {p0:String}, 0) OR ifNull(type = {p1:String}, 0)) OR ifNull(type = {p2:String}, 0)), NULL, value))), toFloat64(if(((ifNull(type = {p0:String}, 0) OR ifNull(type = {p1:String}, 0)) OR ifNull(type = {p2:String}, 0)), NULL, value)), NULL), 'Nullable(Float64)') AS x, toUInt32((toUnixTimestamp64Nano(time) - 1790035200000000000 + 0.5) * (1 / 60000000000)) AS b, toUInt64(greatest({p3:Int64}, 1)) AS w
  FROM metrics
  WHERE time >= fromUnixTimestamp64Nano({p4:Int64}, 'UTC') AND time < fromUnixTimestamp64Nano({p5:Int64}, 'UTC') AND environment = {p6:String} AND ((if(isFinite(toFloat64(if(((ifNull(type = {p7:String}, 0) OR ifNull(type = {p8:String}, 0)) OR ifNull(type = {p9:String}, 0)), NULL, value))), toFloat64(if(((ifNull(type = {p7:String}, 0) OR ifNull(type = {p8:String}, 0)) OR ifNull(type = {p9:String}, 0)), NULL, value)), NULL) IS NOT NULL))
  UNION ALL
  SELECT CAST(if(ifNull(h_part.1 = {p10:Int64}, 0), h_part.2, NULL), 'Nullable(Float64)') AS x, toUInt32((toUnixTimestamp64Nano(time) - 1790035200000000000 + 0.5) * (1 / 60000000000)) AS b, h_part.3 AS w
  FROM (
    SELECT *, JSONExtract(detail, 'Tuple(scale Int64, zeroCount Int64, counts Array(Int64), bounds Array(Float64), positive Tuple(offset Int64, counts Array(Int64)), negative Tuple(offset Int64, counts Array(Int64)), noMinMax Bool, noSum Bool)') AS h_d, h_d.7 OR NOT isFinite(min + max) AS h_open,
  lagInFrame((1, start_time, count, sum, h_d)) OVER (PARTITION BY environment, service, name, scope_name, resource, toString(attributes)
      ORDER BY time ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS h_b,
  multiIf(temporality != 'cumulative', 1, h_b.1 = 0, if(toUnixTimestamp64Nano(start_time) >= 1790035200000000000, 1, 2),
    start_time > h_b.2 OR count < h_b.3, 1, h_d.4 != h_b.5.4, 2, 0) AS h_kind

    FROM metrics
    WHERE time >= fromUnixTimestamp64Nano({p11:Int64}, 'UTC') AND time < fromUnixTimestamp64Nano({p12:Int64}, 'UTC') AND environment = {p13:String} AND 1 AND type IN ('histogram', 'exponential_histogram') AND position(detail, '"noRecordedValue"') = 0)
  ARRAY JOIN if(h_kind < 2, arrayFilter(h_x -> isFinite(h_x.2), arrayMap((h_count, h_sum) -> arrayMap((h_scale) -> arrayMap((h_m, h_edges) -> arrayFlatten(arrayMap((h_from, h_to, h_n) -> arrayMap(h_j -> (toUInt8(0),
  if(type = 'exponential_histogram' AND h_to / h_from BETWEEN 1e-300 AND 1e300, h_from * pow(h_to / h_from, (h_j + 0.5) / least(h_n, 16)),
    h_from * (1 - (h_j + 0.5) / least(h_n, 16)) + h_to * (h_j + 0.5) / least(h_n, 16)),
  toUInt64(intDiv(h_n, least(h_n, 16)) + (h_j < h_n % least(h_n, 16)))), range(toUInt64(greatest(least(h_n, 16), 0)))), arrayMap(h_i -> least(greatest(if(type = 'exponential_histogram', sign(h_i) * exp2((abs(h_i) - 2305843009213693952) * exp2(-h_scale)), h_edges[h_i]),
  if(h_open, -1.7976931348623157e308, min)), if(h_open, 1.7976931348623157e308, max)), h_m.1), arrayMap(h_i -> least(greatest(if(type = 'exponential_histogram', sign(h_i + 1) * exp2((abs(h_i + 1) - 2305843009213693952) * exp2(-h_scale)), h_edges[h_i + 1]),
  if(h_open, -1.7976931348623157e308, min)), if(h_open, 1.7976931348623157e308, max)), h_m.1), h_m.2)), [arrayReduce('sumMap', [arrayPushBack(arrayFlatten(arrayMap(h_x -> arrayConcat([0], arrayEnumerate(h_x.3),
  arrayMap(h_i -> 2305843009213693952 + bitShiftRight(h_x.5.1 + h_i - 1, least(greatest(h_x.1 - h_scale, 0), 62)), arrayEnumerate(h_x.5.2)),
  arrayMap(h_i -> -2305843009213693952 - 1 - bitShiftRight(h_x.6.1 + h_i - 1, least(greatest(h_x.1 - h_scale, 0), 62)), arrayEnumerate(h_x.6.2))), [h_d, h_b.5])), 1)], [arrayPushBack(arrayFlatten(arrayMap((h_x, h_w) -> arrayMap(h_i -> h_i * h_w, arrayConcat([h_x.2], h_x.3, h_x.5.2, h_x.6.2)), [h_d, h_b.5], [1, -(h_kind = 0)])), if(type = 'histogram' AND empty(h_d.3), h_count, 0))])], [if(h_open, if(empty(h_d.4), arrayMap(h_i -> if(h_d.8, nan, h_sum / h_count), [1, 2]), arrayConcat([least(h_d.4[1], 0)], h_d.4, [h_d.4[-1]])), arrayConcat([-inf], h_d.4, [inf]))])[1], [if(h_kind = 0, least(h_d.1, h_b.5.1), h_d.1)])[1], [toInt64(count) - if(h_kind = 0, toInt64(h_b.3), 0)], [sum - if(h_kind = 0, h_b.4, 0)])[1]), []) AS h_part
  WHERE (if(ifNull(h_part.1 = {p14:Int64}, 0), h_part.2, NULL) IS NOT NULL))
GROUP BY b, roundDown(x, [toFloat64(3), toFloat64(4), toFloat64(5), toFloat64(6), toFloat64(7), toFloat64(8), toFloat64(9), toFloat64(10), toFloat64(11), toFloat64(12), toFloat64(13), toFloat64(14), toFloat64(15), toFloat64(16), toFloat64(17), toFloat64(18), toFloat64(19), toFloat64(20), toFloat64(21), toFloat64(22), toFloat64(23), toFloat64(24), toFloat64(25)])
LIMIT 265
-- p0 = histogram
-- p1 = exponential_histogram
-- p2 = summary
-- p3 = 1
-- p4 = 1790035200000000000
-- p5 = 1790035800000000000
-- p6 = pinned
-- p7 = histogram
-- p8 = exponential_histogram
-- p9 = summary
-- p10 = 0
-- p11 = 1790035200000000000
-- p12 = 1790035800000000000
-- p13 = pinned
-- p14 = 0

SELECT b AS c0, toUInt16(bitShiftRight(reinterpretAsUInt64(assumeNotNull(x)), 48)) AS c1, sum(w) AS c2
FROM (
  SELECT CAST(if(isFinite(toFloat64(if(((ifNull(type = {p0:String}, 0) OR ifNull(type = {p1:String}, 0)) OR ifNull(type = {p2:String}, 0)), NULL, value))), toFloat64(if(((ifNull(type = {p0:String}, 0) OR ifNull(type = {p1:String}, 0)) OR ifNull(type = {p2:String}, 0)), NULL, value)), NULL), 'Nullable(Float64)') AS x, toUInt32((toUnixTimestamp64Nano(time) - 1790035200000000000 + 0.5) * (1 / 60000000000)) AS b, toUInt64(greatest({p3:Int64}, 1)) AS w
  FROM metrics
  WHERE time >= fromUnixTimestamp64Nano({p4:Int64}, 'UTC') AND time < fromUnixTimestamp64Nano({p5:Int64}, 'UTC') AND environment = {p6:String} AND ((if(isFinite(toFloat64(if(((ifNull(type = {p7:String}, 0) OR ifNull(type = {p8:String}, 0)) OR ifNull(type = {p9:String}, 0)), NULL, value))), toFloat64(if(((ifNull(type = {p7:String}, 0) OR ifNull(type = {p8:String}, 0)) OR ifNull(type = {p9:String}, 0)), NULL, value)), NULL) IS NOT NULL))
  UNION ALL
  SELECT CAST(if(ifNull(h_part.1 = {p10:Int64}, 0), h_part.2, NULL), 'Nullable(Float64)') AS x, toUInt32((toUnixTimestamp64Nano(time) - 1790035200000000000 + 0.5) * (1 / 60000000000)) AS b, h_part.3 AS w
  FROM (
    SELECT *, JSONExtract(detail, 'Tuple(scale Int64, zeroCount Int64, counts Array(Int64), bounds Array(Float64), positive Tuple(offset Int64, counts Array(Int64)), negative Tuple(offset Int64, counts Array(Int64)), noMinMax Bool, noSum Bool)') AS h_d, h_d.7 OR NOT isFinite(min + max) AS h_open,
  lagInFrame((1, start_time, count, sum, h_d)) OVER (PARTITION BY environment, service, name, scope_name, resource, toString(attributes)
      ORDER BY time ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS h_b,
  multiIf(temporality != 'cumulative', 1, h_b.1 = 0, if(toUnixTimestamp64Nano(start_time) >= 1790035200000000000, 1, 2),
    start_time > h_b.2 OR count < h_b.3, 1, h_d.4 != h_b.5.4, 2, 0) AS h_kind

    FROM metrics
    WHERE time >= fromUnixTimestamp64Nano({p11:Int64}, 'UTC') AND time < fromUnixTimestamp64Nano({p12:Int64}, 'UTC') AND environment = {p13:String} AND 1 AND type IN ('histogram', 'exponential_histogram') AND position(detail, '"noRecordedValue"') = 0)
  ARRAY JOIN if(h_kind < 2, arrayFilter(h_x -> isFinite(h_x.2), arrayMap((h_count, h_sum) -> arrayMap((h_scale) -> arrayMap((h_m, h_edges) -> arrayFlatten(arrayMap((h_from, h_to, h_n) -> arrayMap(h_j -> (toUInt8(0),
  if(type = 'exponential_histogram' AND h_to / h_from BETWEEN 1e-300 AND 1e300, h_from * pow(h_to / h_from, (h_j + 0.5) / least(h_n, 16)),
    h_from * (1 - (h_j + 0.5) / least(h_n, 16)) + h_to * (h_j + 0.5) / least(h_n, 16)),
  toUInt64(intDiv(h_n, least(h_n, 16)) + (h_j < h_n % least(h_n, 16)))), range(toUInt64(greatest(least(h_n, 16), 0)))), arrayMap(h_i -> least(greatest(if(type = 'exponential_histogram', sign(h_i) * exp2((abs(h_i) - 2305843009213693952) * exp2(-h_scale)), h_edges[h_i]),
  if(h_open, -1.7976931348623157e308, min)), if(h_open, 1.7976931348623157e308, max)), h_m.1), arrayMap(h_i -> least(greatest(if(type = 'exponential_histogram', sign(h_i + 1) * exp2((abs(h_i + 1) - 2305843009213693952) * exp2(-h_scale)), h_edges[h_i + 1]),
  if(h_open, -1.7976931348623157e308, min)), if(h_open, 1.7976931348623157e308, max)), h_m.1), h_m.2)), [arrayReduce('sumMap', [arrayPushBack(arrayFlatten(arrayMap(h_x -> arrayConcat([0], arrayEnumerate(h_x.3),
  arrayMap(h_i -> 2305843009213693952 + bitShiftRight(h_x.5.1 + h_i - 1, least(greatest(h_x.1 - h_scale, 0), 62)), arrayEnumerate(h_x.5.2)),
  arrayMap(h_i -> -2305843009213693952 - 1 - bitShiftRight(h_x.6.1 + h_i - 1, least(greatest(h_x.1 - h_scale, 0), 62)), arrayEnumerate(h_x.6.2))), [h_d, h_b.5])), 1)], [arrayPushBack(arrayFlatten(arrayMap((h_x, h_w) -> arrayMap(h_i -> h_i * h_w, arrayConcat([h_x.2], h_x.3, h_x.5.2, h_x.6.2)), [h_d, h_b.5], [1, -(h_kind = 0)])), if(type = 'histogram' AND empty(h_d.3), h_count, 0))])], [if(h_open, if(empty(h_d.4), arrayMap(h_i -> if(h_d.8, nan, h_sum / h_count), [1, 2]), arrayConcat([least(h_d.4[1], 0)], h_d.4, [h_d.4[-1]])), arrayConcat([-inf], h_d.4, [inf]))])[1], [if(h_kind = 0, least(h_d.1, h_b.5.1), h_d.1)])[1], [toInt64(count) - if(h_kind = 0, toInt64(h_b.3), 0)], [sum - if(h_kind = 0, h_b.4, 0)])[1]), []) AS h_part
  WHERE (if(ifNull(h_part.1 = {p14:Int64}, 0), h_part.2, NULL) IS NOT NULL))
GROUP BY b, toUInt16(bitShiftRight(reinterpretAsUInt64(assumeNotNull(x)), 48))
LIMIT 200001
-- p0 = histogram
-- p1 = exponential_histogram
-- p2 = summary
-- p3 = 1
-- p4 = 1790035200000000000
-- p5 = 1790035800000000000
-- p6 = pinned
-- p7 = histogram
-- p8 = exponential_histogram
-- p9 = summary
-- p10 = 0
-- p11 = 1790035200000000000
-- p12 = 1790035800000000000
-- p13 = pinned
-- p14 = 0

SELECT key, groupUniqArray(type), groupUniqArray(signal), max(on_resource), toInt64(toUnixTimestamp(max(last_seen))), toInt64(toUnixTimestamp(toDateTime(min(day), 'UTC')))
FROM column_keys
WHERE key IN ({p0:String})
GROUP BY key
-- p0 = value

SELECT min(x) AS c0, max(x) AS c1
FROM (
  SELECT CAST(if(isFinite(toFloat64(if(((ifNull(type = {p0:String}, 0) OR ifNull(type = {p1:String}, 0)) OR ifNull(type = {p2:String}, 0)), NULL, value))), toFloat64(if(((ifNull(type = {p0:String}, 0) OR ifNull(type = {p1:String}, 0)) OR ifNull(type = {p2:String}, 0)), NULL, value)), NULL), 'Nullable(Float64)') AS x, toUInt64(greatest({p3:Int64}, 1)) AS w
  FROM metrics
  WHERE time >= fromUnixTimestamp64Nano({p4:Int64}, 'UTC') AND time < fromUnixTimestamp64Nano({p5:Int64}, 'UTC') AND environment = {p6:String} AND 1
  UNION ALL
  SELECT CAST(if(ifNull(h_part.1 = {p7:Int64}, 0), h_part.2, NULL), 'Nullable(Float64)') AS x, h_part.3 AS w
  FROM (
    SELECT *, JSONExtract(detail, 'Tuple(scale Int64, zeroCount Int64, counts Array(Int64), bounds Array(Float64), positive Tuple(offset Int64, counts Array(Int64)), negative Tuple(offset Int64, counts Array(Int64)), noMinMax Bool, noSum Bool)') AS h_d, h_d.7 OR NOT isFinite(min + max) AS h_open,
  lagInFrame((1, start_time, count, sum, h_d)) OVER (PARTITION BY environment, service, name, scope_name, resource, toString(attributes)
      ORDER BY time ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS h_b,
  multiIf(temporality != 'cumulative', 1, h_b.1 = 0, if(toUnixTimestamp64Nano(start_time) >= 1790035200000000000, 1, 2),
    start_time > h_b.2 OR count < h_b.3, 1, h_d.4 != h_b.5.4, 2, 0) AS h_kind

    FROM metrics
    WHERE time >= fromUnixTimestamp64Nano({p8:Int64}, 'UTC') AND time < fromUnixTimestamp64Nano({p9:Int64}, 'UTC') AND environment = {p10:String} AND 1 AND type IN ('histogram', 'exponential_histogram') AND position(detail, '"noRecordedValue"') = 0)
  ARRAY JOIN if(h_kind < 2, arrayFilter(h_x -> isFinite(h_x.2), arrayMap((h_count, h_sum) -> arrayMap((h_scale) -> arrayMap((h_m, h_edges) -> arrayFlatten(arrayMap((h_from, h_to, h_n) -> arrayMap(h_j -> (toUInt8(0),
  if(type = 'exponential_histogram' AND h_to / h_from BETWEEN 1e-300 AND 1e300, h_from * pow(h_to / h_from, (h_j + 0.5) / least(h_n, 16)),
    h_from * (1 - (h_j + 0.5) / least(h_n, 16)) + h_to * (h_j + 0.5) / least(h_n, 16)),
  toUInt64(intDiv(h_n, least(h_n, 16)) + (h_j < h_n % least(h_n, 16)))), range(toUInt64(greatest(least(h_n, 16), 0)))), arrayMap(h_i -> least(greatest(if(type = 'exponential_histogram', sign(h_i) * exp2((abs(h_i) - 2305843009213693952) * exp2(-h_scale)), h_edges[h_i]),
  if(h_open, -1.7976931348623157e308, min)), if(h_open, 1.7976931348623157e308, max)), h_m.1), arrayMap(h_i -> least(greatest(if(type = 'exponential_histogram', sign(h_i + 1) * exp2((abs(h_i + 1) - 2305843009213693952) * exp2(-h_scale)), h_edges[h_i + 1]),
  if(h_open, -1.7976931348623157e308, min)), if(h_open, 1.7976931348623157e308, max)), h_m.1), h_m.2)), [arrayReduce('sumMap', [arrayPushBack(arrayFlatten(arrayMap(h_x -> arrayConcat([0], arrayEnumerate(h_x.3),
  arrayMap(h_i -> 2305843009213693952 + bitShiftRight(h_x.5.1 + h_i - 1, least(greatest(h_x.1 - h_scale, 0), 62)), arrayEnumerate(h_x.5.2)),
  arrayMap(h_i -> -2305843009213693952 - 1 - bitShiftRight(h_x.6.1 + h_i - 1, least(greatest(h_x.1 - h_scale, 0), 62)), arrayEnumerate(h_x.6.2))), [h_d, h_b.5])), 1)], [arrayPushBack(arrayFlatten(arrayMap((h_x, h_w) -> arrayMap(h_i -> h_i * h_w, arrayConcat([h_x.2], h_x.3, h_x.5.2, h_x.6.2)), [h_d, h_b.5], [1, -(h_kind = 0)])), if(type = 'histogram' AND empty(h_d.3), h_count, 0))])], [if(h_open, if(empty(h_d.4), arrayMap(h_i -> if(h_d.8, nan, h_sum / h_count), [1, 2]), arrayConcat([least(h_d.4[1], 0)], h_d.4, [h_d.4[-1]])), arrayConcat([-inf], h_d.4, [inf]))])[1], [if(h_kind = 0, least(h_d.1, h_b.5.1), h_d.1)])[1], [toInt64(count) - if(h_kind = 0, toInt64(h_b.3), 0)], [sum - if(h_kind = 0, h_b.4, 0)])[1]), []) AS h_part)
LIMIT 2
-- p0 = histogram
-- p1 = exponential_histogram
-- p2 = summary
-- p3 = 1
-- p4 = 1790035200000000000
-- p5 = 1790035800000000000
-- p6 = pinned
-- p7 = 0
-- p8 = 1790035200000000000
-- p9 = 1790035800000000000
-- p10 = pinned

SELECT sum(h) AS c0, sum(s) AS c1, sum(m) AS c2, sum(n) AS c3, sum(c) AS c4, sum(p) AS c5, sum(e) AS c6
FROM (
  SELECT CAST(if((NOT ifNull(type = {p0:String}, 0)), {p1:Int64}, {p2:Int64}), 'Nullable(Float64)') AS h, CAST(if(ifNull(type = {p3:String}, 0), {p4:Int64}, {p5:Int64}), 'Nullable(Float64)') AS s, CAST(if(((NOT ifNull(type = {p6:String}, 0)) AND ifNull(position(detail, {p7:String}) > 0, 0)), {p8:Int64}, {p9:Int64}), 'Nullable(Float64)') AS m, CAST(if(((NOT ifNull(type = {p10:String}, 0)) AND ifNull(position(detail, {p11:String}) > 0, 0)), {p12:Int64}, {p13:Int64}), 'Nullable(Float64)') AS n, CAST(if(((NOT ifNull(type = {p14:String}, 0)) AND ifNull(temporality = {p15:String}, 0)), {p16:Int64}, {p17:Int64}), 'Nullable(Float64)') AS c, CAST(if((((NOT ifNull(type = {p18:String}, 0)) AND ifNull(temporality = {p19:String}, 0)) AND ifNull(toUnixTimestamp64Nano(start_time) < {p20:Int64}, 0)), {p21:Int64}, {p22:Int64}), 'Nullable(Float64)') AS p, CAST(if((((ifNull(type = {p23:String}, 0) AND ifNull(position(detail, {p24:String}) > 0, 0)) AND ifNull(position(detail, {p25:String}) > 0, 0)) AND ifNull(position(detail, {p26:String}) > 0, 0)), {p27:Int64}, {p28:Int64}), 'Nullable(Float64)') AS e
  FROM metrics
  WHERE time >= fromUnixTimestamp64Nano({p29:Int64}, 'UTC') AND time < fromUnixTimestamp64Nano({p30:Int64}, 'UTC') AND environment = {p31:String} AND (((ifNull(type = {p32:String}, 0) OR ifNull(type = {p33:String}, 0)) OR ifNull(type = {p34:String}, 0))))
LIMIT 2
-- p0 = summary
-- p1 = 1
-- p2 = 0
-- p3 = summary
-- p4 = 1
-- p5 = 0
-- p6 = summary
-- p7 = "noMinMax"
-- p8 = 1
-- p9 = 0
-- p10 = summary
-- p11 = "noSum"
-- p12 = 1
-- p13 = 0
-- p14 = summary
-- p15 = cumulative
-- p16 = 1
-- p17 = 0
-- p18 = summary
-- p19 = cumulative
-- p20 = 1790035200000000000
-- p21 = 1
-- p22 = 0
-- p23 = histogram
-- p24 = "noMinMax"
-- p25 = "noSum"
-- p26 = "counts":[]
-- p27 = 1
-- p28 = 0
-- p29 = 1790035200000000000
-- p30 = 1790035800000000000
-- p31 = pinned
-- p32 = histogram
-- p33 = exponential_histogram
-- p34 = summary

SELECT {p0:Int64} AS c0
FROM metrics
WHERE time >= fromUnixTimestamp64Nano({p1:Int64}, 'UTC') AND time < fromUnixTimestamp64Nano({p2:Int64}, 'UTC') AND environment = {p3:String}
LIMIT 2
-- p0 = 1
-- p1 = 1790035200000000000
-- p2 = 1790035800000000000
-- p3 = pinned
