-- Samples of which, over ten minutes, more than half of the scored reads are of an organism that the model does not know.
SELECT
  window_start,
  sampleId,
  AVG(CASE WHEN uncalledReason = 'OTHER' THEN 1.0 ELSE 0.0 END) AS other_share
FROM TABLE(TUMBLE(TABLE annotations, DESCRIPTOR(annotatedTime), INTERVAL '10' MINUTES))
WHERE status IN ('SCORED', 'UNCALLED')
GROUP BY window_start, window_end, sampleId
HAVING AVG(CASE WHEN uncalledReason = 'OTHER' THEN 1.0 ELSE 0.0 END) > 0.5;
