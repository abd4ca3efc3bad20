-- Scores the reads topic with a model, without the annotation job: batches of rows share model calls.
SELECT readId, label, score, status, GC(bases) AS gc, MEAN_QUALITY(phredQualities) AS mean_quality
FROM ML_PREDICT(
  INPUT => TABLE sequenced_reads,
  MODEL => MODEL species,
  ARGS => DESCRIPTOR(bases),
  CONFIG => MAP['async', 'true', 'max-concurrent-operations', '256', 'timeout', '60s']
);
