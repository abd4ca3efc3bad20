-- Reads by sample and call of what is on the reads topic now, as annotate --counts counts them: a read without a call counts under its
-- status, or as other where it is of an organism that the model does not know. Ends with the table.
SET 'execution.runtime-mode' = 'batch';
SET 'sql-client.execution.result-mode' = 'tableau';

CREATE TEMPORARY VIEW reads_so_far AS
SELECT sampleId, bases FROM sequenced_reads /*+ OPTIONS('scan.bounded.mode' = 'latest-offset') */;

SELECT sampleId, call_name, COUNT(*) AS read_count
FROM (
  SELECT sampleId, COALESCE(label, CASE WHEN reason = 'OTHER' THEN 'other' ELSE LOWER(status) END) AS call_name
  FROM ML_PREDICT(
    INPUT => TABLE reads_so_far,
    MODEL => MODEL species,
    ARGS => DESCRIPTOR(bases),
    CONFIG => MAP['async', 'true', 'max-concurrent-operations', '256', 'timeout', '300s']
  )
)
GROUP BY sampleId, call_name;
