-- One table a signal. Sorted by service and five minutes, so that a question about one service and an hour reads little; trace ids
-- have their own structure below. Days are partitions, so that retention drops whole parts. Parts are synced before an insert
-- returns: only then does the journal let go of a segment. Why JSON and LowCardinality here: docs/adr/0003-schema.md.
CREATE TABLE IF NOT EXISTS spans
(
    trace_id FixedString(16),
    span_id FixedString(8),
    parent_span_id FixedString(8),
    start_time DateTime64(9, 'UTC') CODEC(Delta(8), ZSTD(1)),
    duration_ns UInt64 CODEC(ZSTD(1)),
    received_at DateTime64(9, 'UTC') CODEC(Delta(8), ZSTD(1)),
    environment LowCardinality(String),
    protocol LowCardinality(String),
    service LowCardinality(String),
    name LowCardinality(String),
    kind Enum8('unspecified' = 0, 'internal' = 1, 'server' = 2, 'client' = 3, 'producer' = 4, 'consumer' = 5, 'segment' = 6, 'subsegment' = 7),
    status Enum8('unset' = 0, 'ok' = 1, 'error' = 2),
    status_message String CODEC(ZSTD(1)),
    in_progress UInt8,
    trace_state String CODEC(ZSTD(1)),
    flags UInt32 CODEC(ZSTD(1)),
    scope_name LowCardinality(String),
    scope_version LowCardinality(String),
    sample_rate UInt32 CODEC(ZSTD(1)),
    resource LowCardinality(String),
    attributes JSON(max_dynamic_paths = 256),
    events String CODEC(ZSTD(1)),
    links String CODEC(ZSTD(1)),
    document String CODEC(ZSTD(3)),
    http_method String ALIAS coalesce(attributes.`http.request.method`.:String, attributes.`http.method`.:String, ''),
    http_target String ALIAS coalesce(attributes.`url.path`.:String, attributes.`http.target`.:String, attributes.`http.url`.:String, attributes.`url.full`.:String, ''),
    http_status UInt16 ALIAS toUInt16(coalesce(attributes.`http.response.status_code`.:Int64, attributes.`http.status_code`.:Int64, 0)),
    client_ip String ALIAS coalesce(attributes.`client.address`.:String, attributes.`http.client_ip`.:String, attributes.`net.peer.ip`.:String, attributes.`network.peer.address`.:String, ''),
    is_root UInt8 ALIAS toUInt8(parent_span_id = toFixedString('', 8)),
    INDEX trace trace_id TYPE bloom_filter(0.001) GRANULARITY 1,
    INDEX span span_id TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX duration duration_ns TYPE minmax GRANULARITY 1,
    INDEX times start_time TYPE minmax GRANULARITY 1
)
ENGINE = MergeTree
PARTITION BY toDate(start_time, 'UTC')
ORDER BY (service, toStartOfFiveMinutes(start_time), name, start_time)
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1, ttl_only_drop_parts = 1;

-- Where in time a trace lies, so that a look-up by id reads a few granules without anybody naming a time range.
CREATE TABLE IF NOT EXISTS trace_times
(
    trace_id FixedString(16),
    day Date,
    first SimpleAggregateFunction(min, DateTime64(9, 'UTC')),
    last SimpleAggregateFunction(max, DateTime64(9, 'UTC'))
)
ENGINE = AggregatingMergeTree
PARTITION BY day
ORDER BY trace_id
SETTINGS index_granularity = 512, non_replicated_deduplication_window = 10000, ttl_only_drop_parts = 1;

CREATE MATERIALIZED VIEW IF NOT EXISTS trace_times_of_spans TO trace_times AS
SELECT trace_id, toDate(start_time, 'UTC') AS day, min(start_time) AS first, max(start_time) AS last
FROM spans
GROUP BY trace_id, day;

CREATE TABLE IF NOT EXISTS logs
(
    time DateTime64(9, 'UTC') CODEC(Delta(8), ZSTD(1)),
    received_at DateTime64(9, 'UTC') CODEC(Delta(8), ZSTD(1)),
    sequence UInt64 CODEC(Delta(8), ZSTD(1)),
    environment LowCardinality(String),
    protocol LowCardinality(String),
    service LowCardinality(String),
    severity_number UInt8,
    severity LowCardinality(String),
    body String CODEC(ZSTD(1)),
    trace_id FixedString(16),
    span_id FixedString(8),
    trace_id_from Enum8('none' = 0, 'field' = 1, 'text' = 2),
    log_group LowCardinality(String),
    log_stream LowCardinality(String),
    event_name LowCardinality(String),
    scope_name LowCardinality(String),
    flags UInt32 CODEC(ZSTD(1)),
    resource LowCardinality(String),
    attributes JSON(max_dynamic_paths = 256),
    http_method String ALIAS coalesce(attributes.`http.request.method`.:String, ''),
    http_target String ALIAS coalesce(attributes.`url.path`.:String, ''),
    http_status UInt16 ALIAS toUInt16(coalesce(attributes.`http.response.status_code`.:Int64, 0)),
    client_ip String ALIAS coalesce(attributes.`client.address`.:String, ''),
    INDEX trace trace_id TYPE bloom_filter(0.001) GRANULARITY 1,
    INDEX sequence_range sequence TYPE minmax GRANULARITY 1,
    INDEX times time TYPE minmax GRANULARITY 1,
    INDEX words lower(body) TYPE text(tokenizer = 'splitByNonAlpha')
)
ENGINE = MergeTree
PARTITION BY toDate(time, 'UTC')
ORDER BY (log_group, service, toStartOfFiveMinutes(time), time, sequence)
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1, ttl_only_drop_parts = 1;

CREATE TABLE IF NOT EXISTS occurrences
(
    time DateTime64(9, 'UTC') CODEC(Delta(8), ZSTD(1)),
    received_at DateTime64(9, 'UTC') CODEC(Delta(8), ZSTD(1)),
    occurrence_id String CODEC(ZSTD(1)),
    item_id UInt64,
    fingerprint String CODEC(ZSTD(1)),
    environment LowCardinality(String),
    protocol LowCardinality(String),
    service LowCardinality(String),
    level LowCardinality(String),
    title String CODEC(ZSTD(1)),
    exception_class LowCardinality(String),
    message String CODEC(ZSTD(1)),
    exceptions String CODEC(ZSTD(3)),
    trace_id FixedString(16),
    span_id FixedString(8),
    trace_id_from Enum8('none' = 0, 'field' = 1, 'text' = 2),
    method LowCardinality(String),
    url String CODEC(ZSTD(1)),
    user_ip String CODEC(ZSTD(1)),
    host LowCardinality(String),
    framework LowCardinality(String),
    language LowCardinality(String),
    code_version LowCardinality(String),
    notifier LowCardinality(String),
    person_id String CODEC(ZSTD(1)),
    resource LowCardinality(String),
    attributes JSON(max_dynamic_paths = 256),
    payload String CODEC(ZSTD(3)),
    INDEX trace trace_id TYPE bloom_filter(0.001) GRANULARITY 1,
    INDEX times time TYPE minmax GRANULARITY 1,
    INDEX occurrence occurrence_id TYPE bloom_filter(0.001) GRANULARITY 1,
    INDEX words lower(title) TYPE text(tokenizer = 'splitByNonAlpha')
)
ENGINE = MergeTree
PARTITION BY toDate(time, 'UTC')
ORDER BY (item_id, time)
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1, ttl_only_drop_parts = 1;

CREATE TABLE IF NOT EXISTS metrics
(
    time DateTime64(9, 'UTC') CODEC(Delta(8), ZSTD(1)),
    start_time DateTime64(9, 'UTC') CODEC(Delta(8), ZSTD(1)),
    received_at DateTime64(9, 'UTC') CODEC(Delta(8), ZSTD(1)),
    environment LowCardinality(String),
    protocol LowCardinality(String),
    service LowCardinality(String),
    name LowCardinality(String),
    description LowCardinality(String),
    unit LowCardinality(String),
    type Enum8('gauge' = 0, 'sum' = 1, 'histogram' = 2, 'exponential_histogram' = 3, 'summary' = 4),
    temporality Enum8('unspecified' = 0, 'delta' = 1, 'cumulative' = 2),
    monotonic UInt8,
    value Float64 CODEC(ZSTD(1)),
    count UInt64 CODEC(ZSTD(1)),
    sum Float64 CODEC(ZSTD(1)),
    min Float64 CODEC(ZSTD(1)),
    max Float64 CODEC(ZSTD(1)),
    detail String CODEC(ZSTD(1)),
    scope_name LowCardinality(String),
    resource LowCardinality(String),
    attributes JSON(max_dynamic_paths = 256)
)
ENGINE = MergeTree
PARTITION BY toDate(time, 'UTC')
ORDER BY (name, service, time)
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1, ttl_only_drop_parts = 1;

CREATE TABLE IF NOT EXISTS events
(
    time DateTime64(9, 'UTC') CODEC(Delta(8), ZSTD(1)),
    received_at DateTime64(9, 'UTC') CODEC(Delta(8), ZSTD(1)),
    environment LowCardinality(String),
    protocol LowCardinality(String),
    service LowCardinality(String),
    dataset LowCardinality(String),
    name LowCardinality(String),
    trace_id FixedString(16),
    span_id FixedString(8),
    parent_span_id FixedString(8),
    duration_ns UInt64 CODEC(ZSTD(1)),
    sample_rate UInt32 CODEC(ZSTD(1)),
    resource LowCardinality(String),
    attributes JSON(max_dynamic_paths = 256),
    INDEX trace trace_id TYPE bloom_filter(0.001) GRANULARITY 1
)
ENGINE = MergeTree
PARTITION BY toDate(time, 'UTC')
ORDER BY (dataset, toStartOfFiveMinutes(time), time)
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1, ttl_only_drop_parts = 1;
