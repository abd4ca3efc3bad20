-- The topics as tables, a model and the functions; the other scripts build on it. docs/flink-sql.md says what Flink needs.
LOAD MODULE kmerflow;

CREATE TABLE sequenced_reads (
  readId STRING,
  mate INT,
  runId STRING,
  sampleId STRING,
  barcodeName STRING,
  bases STRING,
  phredQualities STRING,
  onTopic TIMESTAMP_LTZ(3) METADATA FROM 'timestamp' VIRTUAL
) WITH (
  'connector' = 'kafka',
  'topic' = 'reads',
  'properties.bootstrap.servers' = 'localhost:9092',
  'scan.startup.mode' = 'earliest-offset',
  'format' = 'kmerflow',
  'kmerflow.record' = 'reads'
);

CREATE TABLE annotations (
  annotationId STRING,
  readId STRING,
  mate INT,
  runId STRING,
  sampleId STRING,
  barcodeName STRING,
  readLength INT,
  meanQuality FLOAT,
  status STRING,
  uncalledReason STRING,
  readCall ROW<label STRING, score FLOAT>,
  calls ARRAY<ROW<label STRING, ontologyId STRING, `start` INT, `end` INT, score FLOAT>>,
  modelName STRING,
  modelVersion STRING,
  annotatedTime TIMESTAMP_LTZ(3),
  WATERMARK FOR annotatedTime AS annotatedTime - INTERVAL '10' SECOND
) WITH (
  'connector' = 'kafka',
  'topic' = 'annotations',
  'properties.bootstrap.servers' = 'localhost:9092',
  'scan.startup.mode' = 'earliest-offset',
  'format' = 'kmerflow',
  'kmerflow.record' = 'annotations'
);

CREATE TABLE dead_letters (
  reason STRING,
  stage STRING,
  message STRING,
  readId STRING,
  failedTime TIMESTAMP_LTZ(3)
) WITH (
  'connector' = 'kafka',
  'topic' = 'dead-letters',
  'properties.bootstrap.servers' = 'localhost:9092',
  'scan.startup.mode' = 'earliest-offset',
  'format' = 'kmerflow',
  'kmerflow.record' = 'dead-letters'
);

CREATE MODEL species
INPUT (bases STRING)
OUTPUT (label STRING, score DOUBLE, status STRING, reason STRING)
WITH (
  'provider' = 'kmerflow',
  'bundle' = '/opt/kmerflow/models/species'
);
