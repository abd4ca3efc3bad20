-- Reads by sample and call, as annotate --counts counts them, of what is on the reads topic now; reads without a call count under their
-- status. For Flink's SQL client, which ends with the table.
SET 'execution.runtime-mode' = 'batch';
SET 'sql-client.execution.result-mode' = 'tableau';

CREATE TEMPORARY VIEW reads_so_far AS
SELECT sampleId, bases FROM sequenced_reads /*+ OPTIONS('scan.bounded.mode' = 'latest-offset') */;

SELECT sampleId, COALESCE(label, status) AS call_name, COUNT(*) AS read_count
FROM ML_PREDICT(
  INPUT => TABLE reads_so_far,
  MODEL => MODEL species,
  ARGS => DESCRIPTOR(bases),
  CONFIG => MAP['async', 'true', 'max-concurrent-operations', '256', 'timeout', '300s']
)
GROUP BY sampleId, COALESCE(label, status);
