-- Documents of the Settings seam: the row of the highest revision counts.
CREATE TABLE IF NOT EXISTS settings
(
    collection LowCardinality(String),
    key String,
    value String CODEC(ZSTD(1)),
    revision UInt64,
    updated_at DateTime64(3, 'UTC'),
    deleted UInt8
)
ENGINE = ReplacingMergeTree(revision)
ORDER BY (collection, key)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;
