-- Calls by what the sample sheet says of a barcode. In place of the VALUES, a table of the sheet itself does: 'connector' = 'filesystem',
-- 'format' = 'csv'.
CREATE TEMPORARY VIEW sample_sheet AS
SELECT * FROM (VALUES ('barcode01', 'patient 1'), ('barcode02', 'patient 2')) AS sheet(barcode, patient);

SELECT patient, readCall.label AS call_name, COUNT(*) AS read_count, SUM(readLength) AS bases
FROM annotations JOIN sample_sheet ON barcodeName = barcode
WHERE status = 'SCORED'
GROUP BY patient, readCall.label;
