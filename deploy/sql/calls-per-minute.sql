-- Reads per minute and call; reads without one count under their status.
SELECT
  window_start,
  COALESCE(readCall.label, status) AS call_name,
  COUNT(*) AS read_count
FROM TABLE(TUMBLE(TABLE annotations, DESCRIPTOR(annotatedTime), INTERVAL '1' MINUTE))
GROUP BY window_start, window_end, COALESCE(readCall.label, status);
