-- Which columns there are: attribute keys with their types, by signal, day and dataset (the service, for events the dataset's name).
-- Written as blocks are loaded, so that nobody scans rows to offer a name. An empty key is the dataset itself.
CREATE TABLE IF NOT EXISTS column_keys
(
    day Date,
    environment LowCardinality(String),
    signal LowCardinality(String),
    dataset LowCardinality(String),
    key String,
    type LowCardinality(String),
    on_resource UInt8,
    last_seen SimpleAggregateFunction(max, DateTime('UTC'))
)
ENGINE = AggregatingMergeTree
PARTITION BY toYYYYMM(day)
ORDER BY (day, signal, environment, dataset, key, type, on_resource)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- What was stored before there was this table.
INSERT INTO column_keys
SELECT day, environment, signal, dataset, pair.1, transform(pair.2, ['String', 'Int64', 'Float64', 'Bool'], ['string', 'integer', 'float', 'boolean'], 'string'), 0, seen
FROM
(
    SELECT day, environment, signal, dataset, seen, arrayJoin(arrayFlatten(arrayMap((path, kinds) -> arrayMap(kind -> (path, kind), kinds), mapKeys(paths), mapValues(paths)))) AS pair
    FROM
    (
        SELECT toDate(start_time, 'UTC') AS day, environment, 'spans' AS signal, service AS dataset, max(received_at) AS seen, distinctJSONPathsAndTypes(attributes) AS paths FROM spans GROUP BY day, environment, dataset
        UNION ALL
        SELECT toDate(time, 'UTC') AS day, environment, 'logs' AS signal, service AS dataset, max(received_at) AS seen, distinctJSONPathsAndTypes(attributes) AS paths FROM logs GROUP BY day, environment, dataset
        UNION ALL
        SELECT toDate(time, 'UTC') AS day, environment, 'occurrences' AS signal, service AS dataset, max(received_at) AS seen, distinctJSONPathsAndTypes(attributes) AS paths FROM occurrences GROUP BY day, environment, dataset
        UNION ALL
        SELECT toDate(time, 'UTC') AS day, environment, 'metrics' AS signal, service AS dataset, max(received_at) AS seen, distinctJSONPathsAndTypes(attributes) AS paths FROM metrics GROUP BY day, environment, dataset
        UNION ALL
        SELECT toDate(time, 'UTC') AS day, environment, 'events' AS signal, events.dataset AS dataset, max(received_at) AS seen, distinctJSONPathsAndTypes(attributes) AS paths FROM events GROUP BY day, environment, dataset
    )
);

INSERT INTO column_keys
SELECT day, environment, signal, dataset, key, kind, key != '', seen
FROM
(
    SELECT day, environment, signal, dataset, max(received) AS seen, arrayJoin(arrayConcat([('', '')], arrayMap(pair -> (pair.1, multiIf(startsWith(pair.2, '"'), 'string', pair.2 IN ('true', 'false'), 'boolean', position(pair.2, '.') > 0, 'float', 'integer')), JSONExtractKeysAndValuesRaw(resource)))) AS pair, pair.1 AS key, pair.2 AS kind
    FROM
    (
        SELECT toDate(start_time, 'UTC') AS day, environment, 'spans' AS signal, service AS dataset, resource, max(received_at) AS received FROM spans GROUP BY day, environment, dataset, resource
        UNION ALL
        SELECT toDate(time, 'UTC') AS day, environment, 'logs' AS signal, service AS dataset, resource, max(received_at) AS received FROM logs GROUP BY day, environment, dataset, resource
        UNION ALL
        SELECT toDate(time, 'UTC') AS day, environment, 'occurrences' AS signal, service AS dataset, resource, max(received_at) AS received FROM occurrences GROUP BY day, environment, dataset, resource
        UNION ALL
        SELECT toDate(time, 'UTC') AS day, environment, 'metrics' AS signal, service AS dataset, resource, max(received_at) AS received FROM metrics GROUP BY day, environment, dataset, resource
        UNION ALL
        SELECT toDate(time, 'UTC') AS day, environment, 'events' AS signal, events.dataset AS dataset, resource, max(received_at) AS received FROM events GROUP BY day, environment, dataset, resource
    )
    GROUP BY day, environment, signal, dataset, resource
);
