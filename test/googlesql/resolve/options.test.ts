import { expect, test } from 'vitest'
import { freshWarehouse, problemOf, rowsOf } from '../../warehouse/fresh-warehouse.ts'

test('every option that is documented for a thing is taken with its type, and tables tell theirs', async () => {
  const warehouse = await freshWarehouse()
  await warehouse.execute(`
    DECLARE words STRING DEFAULT 'from a variable';
    CREATE SCHEMA e OPTIONS (location = 'EU', default_table_expiration_days = 3, max_time_travel_hours = 48, is_case_insensitive = FALSE);
    ALTER SCHEMA e SET OPTIONS (description = 'd', storage_billing_model = 'PHYSICAL', default_partition_expiration_days = NULL);
    CREATE TABLE d.t (day DATE OPTIONS (description = 'the day', rounding_mode = 'ROUND_HALF_EVEN')) PARTITION BY day OPTIONS (
      description = words, labels = [('a', 'b'), STRUCT('c' AS key, words)], partition_expiration_days = 3, friendly_name = words,
      expiration_timestamp = TIMESTAMP_ADD(TIMESTAMP '2999-01-01', INTERVAL 1 HOUR), max_staleness = INTERVAL 1 HOUR,
      enable_change_history = TRUE, kms_key_name = 'k');
    CREATE VIEW d.v (x OPTIONS (description = 'one')) OPTIONS (expiration_timestamp = '2999-01-01', privacy_policy = '{}') AS SELECT 1;
    CREATE MATERIALIZED VIEW d.m OPTIONS (enable_refresh = true, refresh_interval_minutes = 60.5) AS SELECT day FROM d.t;
    CREATE SNAPSHOT TABLE d.s CLONE d.t OPTIONS (expiration_timestamp = TIMESTAMP '2999-01-01');
    CREATE FUNCTION d.f() RETURNS INT64 OPTIONS (description = 'one') AS (1);
    CREATE TABLE FUNCTION d.g() OPTIONS (description = 'one') AS SELECT 1 AS x;
    CREATE PROCEDURE d.p() OPTIONS (strict_mode = FALSE) BEGIN SELECT 1; END;
    ALTER TABLE d.t ALTER COLUMN day SET OPTIONS (description = 'a day')`)
  expect(
    await rowsOf(
      warehouse,
      "SELECT option_name, option_type, option_value FROM d.INFORMATION_SCHEMA.TABLE_OPTIONS WHERE table_name = 't' ORDER BY 1",
    ),
  ).toEqual([
    ['description', 'STRING', '"from a variable"'],
    ['enable_change_history', 'BOOL', 'TRUE'],
    ['expiration_timestamp', 'TIMESTAMP', "TIMESTAMP_ADD(TIMESTAMP '2999-01-01', INTERVAL 1 HOUR)"],
    ['friendly_name', 'STRING', '"from a variable"'],
    ['kms_key_name', 'STRING', "'k'"],
    ['labels', 'ARRAY<STRUCT<STRING, STRING>>', '[STRUCT("a", "b"), STRUCT("c", "from a variable")]'],
    ['max_staleness', 'INTERVAL', 'INTERVAL 1 HOUR'],
    ['partition_expiration_days', 'FLOAT64', '3'],
  ])
})

test.each([
  [
    'CREATE TABLE d.x (a INT64) OPTIONS (fiendly_name = "a")',
    '1:37: Unknown option: fiendly_name; Did you mean friendly_name?',
  ],
  ['CREATE TABLE d.x (a INT64) OPTIONS (enable_refresh = NULL)', '1:37: Unknown option: enable_refresh'],
  ['CREATE TABLE d.x (a INT64 OPTIONS (labels = []))', '1:36: Unknown option: labels'],
  [
    'CREATE VIEW d.x OPTIONS (partition_expiration_days = 1) AS SELECT 1 AS a',
    '1:26: Unknown option: partition_expiration_days',
  ],
  ['CREATE SCHEMA x OPTIONS (locaton = "EU")', '1:26: Unknown option: locaton; Did you mean location?'],
  ['CREATE FUNCTION d.x() AS (1) OPTIONS (strict_mode = TRUE)', '1:39: Unknown option: strict_mode'],
  ['CREATE PROCEDURE d.x() OPTIONS (labels = []) BEGIN END', '1:33: Unknown option: labels'],
  ['ALTER TABLE d.t SET OPTIONS (location = "EU")', '1:30: Unknown option: location'],
  [
    'ALTER VIEW d.v SET OPTIONS (require_partition_filter = true)',
    '1:29: Unknown option: require_partition_filter',
  ],
  ['ALTER TABLE d.t ALTER COLUMN a SET OPTIONS (words = "a")', '1:45: Unknown option: words'],
  [
    'ALTER SCHEMA d SET OPTIONS (require_partition_filter = true)',
    '1:29: Unknown option: require_partition_filter',
  ],
  [
    'CREATE TABLE d.x (a INT64) OPTIONS (require_partition_filter = "yes")',
    '1:64: Option require_partition_filter value has type STRING which cannot be coerced to expected type BOOL',
  ],
  [
    'CREATE TABLE d.x (a INT64) OPTIONS (description = 1)',
    '1:51: Option description value has type INT64 which cannot be coerced to expected type STRING',
  ],
  [
    'CREATE TABLE d.x (a INT64) OPTIONS (labels = ["a"])',
    '1:46: Option labels value has type ARRAY<STRING> which cannot be coerced to expected type ARRAY<STRUCT<STRING, STRING>>',
  ],
  [
    'CREATE TABLE d.x (a INT64) OPTIONS (description = "a", description = "b")',
    "1:56: Duplicate option specified for 'description'",
  ],
  ['CREATE TABLE d.x (a INT64) OPTIONS (description = words)', '1:51: Unrecognized name: words'],
])('%s is refused', async (text, message) => {
  const warehouse = await freshWarehouse()
  await warehouse.execute('CREATE TABLE d.t (a INT64); CREATE VIEW d.v AS SELECT 1 AS a')
  expect(await problemOf(warehouse.execute(text))).toBe(message)
})
