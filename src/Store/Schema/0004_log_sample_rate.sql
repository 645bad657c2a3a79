-- How many lines a log line stands for; 0 means 1, as in spans and events.
ALTER TABLE logs ADD COLUMN IF NOT EXISTS sample_rate UInt32 CODEC(ZSTD(1)) AFTER flags;
