-- {"calculations":[{"op":"HISTOGRAM_COUNT","column":"value"},{"op":"P90","column":"value"},{"op":"AVG","column":"value"}],"breakdowns":["host"],"signals":["metrics"]}
SELECT *
FROM (
  SELECT multiIf(grouping(k0) = 0, 2, grouping(b) = 0, 1, 0) AS kind, b AS bucket, k0 AS g0, coalesce(sum(a0), {p0:Float64}) AS v0, quantilesExactWeightedMerge(0.9)(a1)[1] AS v1, (sum(a3) / nullIf(sum(a2), {p1:Int64})) AS v2, groupArray(tuple(b, coalesce(a0, {p2:Float64}), finalizeAggregation(a1)[1], (a3 / nullIf(a2, {p3:Int64})))) AS points
  FROM (
    SELECT k0, b, sum(x1 * w) AS a0, quantilesExactWeightedState(0.9)(x0, w) AS a1, sumIf(w, isNotNull(x2)) AS a2, sum(x2 * w) AS a3
    FROM (
      SELECT CAST(CAST(attributes.{p4:Identifier}, 'Nullable(String)'), 'Nullable(String)') AS k0, CAST(if(isFinite(toFloat64(if(((ifNull(type = {p5:String}, 0) OR ifNull(type = {p6:String}, 0)) OR ifNull(type = {p7:String}, 0)), NULL, value))), toFloat64(if(((ifNull(type = {p5:String}, 0) OR ifNull(type = {p6:String}, 0)) OR ifNull(type = {p7:String}, 0)), NULL, value)), NULL), 'Nullable(Float64)') AS x0, CAST(CAST(NULL, 'Nullable(Float64)'), 'Nullable(Float64)') AS x1, CAST(if(isFinite(toFloat64(if(((ifNull(type = {p8:String}, 0) OR ifNull(type = {p9:String}, 0)) OR ifNull(type = {p10:String}, 0)), NULL, value))), toFloat64(if(((ifNull(type = {p8:String}, 0) OR ifNull(type = {p9:String}, 0)) OR ifNull(type = {p10:String}, 0)), NULL, value)), NULL), 'Nullable(Float64)') AS x2, toUInt32((toUnixTimestamp64Nano(time) - 1790035200000000000 + 0.5) * (1 / 60000000000)) AS b, toUInt64(greatest({p11:Int64}, 1)) AS w
      FROM metrics
      WHERE time >= fromUnixTimestamp64Nano({p12:Int64}, 'UTC') AND time < fromUnixTimestamp64Nano({p13:Int64}, 'UTC') AND environment = {p14:String} AND 1
      UNION ALL
      SELECT CAST(CAST(attributes.{p15:Identifier}, 'Nullable(String)'), 'Nullable(String)') AS k0, CAST(if(ifNull(h_part.1 = {p16:Int64}, 0), h_part.2, NULL), 'Nullable(Float64)') AS x0, CAST(if(ifNull(h_part.1 = {p17:Int64}, 0), h_part.2, NULL), 'Nullable(Float64)') AS x1, CAST(if(ifNull(h_part.1 = {p18:Int64}, 0), h_part.2, NULL), 'Nullable(Float64)') AS x2, toUInt32((toUnixTimestamp64Nano(time) - 1790035200000000000 + 0.5) * (1 / 60000000000)) AS b, h_part.3 AS w
      FROM (
        SELECT *, JSONExtract(detail, 'Tuple(scale Int64, zeroCount Int64, counts Array(Int64), bounds Array(Float64), positive Tuple(offset Int64, counts Array(Int64)), negative Tuple(offset Int64, counts Array(Int64)), noMinMax Bool, noSum Bool)') AS h_d, h_d.7 OR NOT isFinite(min + max) AS h_open,
  lagInFrame((1, start_time, count, sum, h_d)) OVER (PARTITION BY environment, service, name, scope_name, resource, toString(attributes)
          ORDER BY time ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS h_b,
  multiIf(temporality != 'cumulative', 1, h_b.1 = 0, if(toUnixTimestamp64Nano(start_time) >= 1790035200000000000, 1, 2),
    start_time > h_b.2 OR count < h_b.3, 1, h_d.4 != h_b.5.4, 2, 0) AS h_kind

        FROM metrics
        WHERE time >= fromUnixTimestamp64Nano({p19:Int64}, 'UTC') AND time < fromUnixTimestamp64Nano({p20:Int64}, 'UTC') AND environment = {p21:String} AND 1 AND type IN ('histogram', 'exponential_histogram') AND position(detail, '"noRecordedValue"') = 0)
      ARRAY JOIN if(h_kind < 2, arrayFilter(h_x -> isFinite(h_x.2), arrayMap((h_count, h_sum) -> arrayConcat(arrayConcat([(toUInt8(5), toFloat64(h_count), toUInt64(1))], if(h_count > 0 AND NOT h_d.8, [(toUInt8(2), h_sum / h_count, toUInt64(h_count))], [])), arrayMap((h_scale) -> arrayMap((h_m, h_edges) -> arrayFlatten(arrayMap((h_from, h_to, h_n) -> arrayMap(h_j -> (toUInt8(0),
  if(type = 'exponential_histogram' AND h_to / h_from BETWEEN 1e-300 AND 1e300, h_from * pow(h_to / h_from, (h_j + 0.5) / least(h_n, 16)),
    h_from * (1 - (h_j + 0.5) / least(h_n, 16)) + h_to * (h_j + 0.5) / least(h_n, 16)),
  toUInt64(intDiv(h_n, least(h_n, 16)) + (h_j < h_n % least(h_n, 16)))), range(toUInt64(greatest(least(h_n, 16), 0)))), arrayMap(h_i -> least(greatest(if(type = 'exponential_histogram', sign(h_i) * exp2((abs(h_i) - 2305843009213693952) * exp2(-h_scale)), h_edges[h_i]),
  if(h_open, -1.7976931348623157e308, min)), if(h_open, 1.7976931348623157e308, max)), h_m.1), arrayMap(h_i -> least(greatest(if(type = 'exponential_histogram', sign(h_i + 1) * exp2((abs(h_i + 1) - 2305843009213693952) * exp2(-h_scale)), h_edges[h_i + 1]),
  if(h_open, -1.7976931348623157e308, min)), if(h_open, 1.7976931348623157e308, max)), h_m.1), h_m.2)), [arrayReduce('sumMap', [arrayPushBack(arrayFlatten(arrayMap(h_x -> arrayConcat([0], arrayEnumerate(h_x.3),
  arrayMap(h_i -> 2305843009213693952 + bitShiftRight(h_x.5.1 + h_i - 1, least(greatest(h_x.1 - h_scale, 0), 62)), arrayEnumerate(h_x.5.2)),
  arrayMap(h_i -> -2305843009213693952 - 1 - bitShiftRight(h_x.6.1 + h_i - 1, least(greatest(h_x.1 - h_scale, 0), 62)), arrayEnumerate(h_x.6.2))), [h_d, h_b.5])), 1)], [arrayPushBack(arrayFlatten(arrayMap((h_x, h_w) -> arrayMap(h_i -> h_i * h_w, arrayConcat([h_x.2], h_x.3, h_x.5.2, h_x.6.2)), [h_d, h_b.5], [1, -(h_kind = 0)])), if(type = 'histogram' AND empty(h_d.3), h_count, 0))])], [if(h_open, if(empty(h_d.4), arrayMap(h_i -> if(h_d.8, nan, h_sum / h_count), [1, 2]), arrayConcat([least(h_d.4[1], 0)], h_d.4, [h_d.4[-1]])), arrayConcat([-inf], h_d.4, [inf]))])[1], [if(h_kind = 0, least(h_d.1, h_b.5.1), h_d.1)])[1]), [toInt64(count) - if(h_kind = 0, toInt64(h_b.3), 0)], [sum - if(h_kind = 0, h_b.4, 0)])[1]), []) AS h_part)
    GROUP BY k0, b)
  GROUP BY GROUPING SETS ((k0), (b), ()))
ORDER BY kind, bucket * (kind = 1), v0 DESC NULLS LAST, g0 NULLS LAST
LIMIT 101 BY if(kind = 2, 0, bucket + kind + 1)
-- p0 = 0
-- p1 = 0
-- p2 = 0
-- p3 = 0
-- p4 = host
-- p5 = histogram
-- p6 = exponential_histogram
-- p7 = summary
-- p8 = histogram
-- p9 = exponential_histogram
-- p10 = summary
-- p11 = 1
-- p12 = 1790035200000000000
-- p13 = 1790035800000000000
-- p14 = pinned
-- p15 = host
-- p16 = 0
-- p17 = 5
-- p18 = 2
-- p19 = 1790035200000000000
-- p20 = 1790035800000000000
-- p21 = pinned

SELECT key, groupUniqArray(type), groupUniqArray(signal), max(on_resource), toInt64(toUnixTimestamp(max(last_seen))), toInt64(toUnixTimestamp(toDateTime(min(day), 'UTC')))
FROM column_keys
WHERE key IN ({p0:String}, {p1:String})
GROUP BY key
-- p0 = host
-- p1 = value

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
