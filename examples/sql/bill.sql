-- Prices a table of requests in SQLite or PostgreSQL, with the same result as `dreamprice bill --estimate --by user`.
--
--   dreamprice export --format sql --dialect sqlite > prices.sql
--   sqlite3 -bail -csv -header usage.db ".import usage.csv log" ".read prices.sql" ".read examples/sql/bill.sql"
--
--   dreamprice export --format sql --dialect postgres > prices.sql
--   psql -v ON_ERROR_STOP=1 --quiet --csv -f prices.sql -f examples/sql/bill.sql
--
-- If the price list has editions with days, such as `--tables 2023-06-22=v0.1.0:tables --tables 2023-07-01=tables`, each row is
-- priced by the edition in force on its day, as `bill` does with `--time`.
--
-- Columns may be text or integers. A cell that is not a whole number of at most nine digits is malformed. In text, an empty cell
-- of images is one image, as NULL is. The script can run again: requests that are already there stay.

DROP VIEW IF EXISTS dreamstudio_billed;
DROP VIEW IF EXISTS dreamstudio_numbers;
DROP VIEW IF EXISTS dreamstudio_digits;
DROP VIEW IF EXISTS dreamstudio_cells;

-- The log and its columns. Replace their names here, such as `model` in place of `engine`. In a log without a column of images,
-- write `'1'`. The day is that of an edition for all days. For editions with days, write the day of the row in UTC: in SQLite
-- `CASE WHEN date(substr(time, 1, 10), '+0 days') = substr(time, 1, 10) THEN date(time) END`, in PostgreSQL
-- `CASE WHEN time LIKE '____-__-__%' THEN CAST(CAST(time AS TIMESTAMPTZ) AT TIME ZONE 'UTC' AS DATE) END`. The conditions leave out
-- what only a database takes for a time, such as `now`, and in SQLite numbers and `2023-06-31`. No day is malformed. SQLite does not
-- read ` UTC` at the end and offsets without minutes.
CREATE TEMP VIEW dreamstudio_cells AS
SELECT
  CAST("user" AS TEXT) AS group_name, CAST(engine AS TEXT) AS engine,
  REPLACE(TRIM(CAST(width AS TEXT)), ',', '.') AS width, REPLACE(TRIM(CAST(height AS TEXT)), ',', '.') AS height,
  REPLACE(TRIM(CAST(steps AS TEXT)), ',', '.') AS steps, COALESCE(REPLACE(TRIM(CAST(images AS TEXT)), ',', '.'), '') AS images,
  (SELECT valid_from FROM dreamstudio_editions WHERE valid_from = '0001-01-01') AS day
FROM log;

-- Data frames write whole numbers with a fraction of zeros, behind a point or a comma. Three zeros may be thousands.
CREATE TEMP VIEW dreamstudio_digits AS
SELECT
  group_name, engine, day,
  CASE WHEN width LIKE '%.0%' AND width NOT LIKE '%.000' THEN RTRIM(RTRIM(width, '0'), '.') ELSE width END AS width,
  CASE WHEN height LIKE '%.0%' AND height NOT LIKE '%.000' THEN RTRIM(RTRIM(height, '0'), '.') ELSE height END AS height,
  CASE WHEN steps LIKE '%.0%' AND steps NOT LIKE '%.000' THEN RTRIM(RTRIM(steps, '0'), '.') ELSE steps END AS steps,
  CASE WHEN images LIKE '%.0%' AND images NOT LIKE '%.000' THEN RTRIM(RTRIM(images, '0'), '.') ELSE images END AS images
FROM dreamstudio_cells;

-- A log may name a table instead of an engine. Any engine of the table has its prices.
CREATE TEMP VIEW dreamstudio_numbers AS
SELECT
  d.group_name, d.day, v.valid_from, names.engine,
  CASE
    WHEN LTRIM(width, '0123456789') = '' AND LENGTH(width) BETWEEN 1 AND 9 AND width NOT LIKE '0%' THEN CAST(width AS BIGINT)
  END AS width,
  CASE
    WHEN LTRIM(height, '0123456789') = '' AND LENGTH(height) BETWEEN 1 AND 9 AND height NOT LIKE '0%' THEN CAST(height AS BIGINT)
  END AS height,
  CASE
    WHEN LTRIM(steps, '0123456789') = '' AND LENGTH(steps) BETWEEN 1 AND 9 AND steps NOT LIKE '0%' THEN CAST(steps AS BIGINT)
  END AS steps,
  CASE
    WHEN images = '' THEN 1
    WHEN images IN ('0', '-0') THEN 0
    WHEN LTRIM(images, '0123456789') = '' AND LENGTH(images) < 10 AND images NOT LIKE '0%' THEN CAST(images AS BIGINT)
    WHEN LTRIM(SUBSTR(images, 2), '0123456789') = '' AND LENGTH(images) BETWEEN 2 AND 10 AND images LIKE '-%'
      AND images NOT LIKE '-0%' THEN CAST(images AS BIGINT)
  END AS images
FROM dreamstudio_digits AS d
LEFT JOIN dreamstudio_editions AS v ON d.day >= v.valid_from AND (v.valid_to IS NULL OR d.day < v.valid_to)
LEFT JOIN (
  SELECT DISTINCT engine AS name, engine, valid_from FROM dreamstudio_prices
  UNION
  SELECT price_table, MIN(engine), valid_from FROM dreamstudio_prices GROUP BY price_table, valid_from
) AS names ON names.name = d.engine AND names.valid_from = v.valid_from;

INSERT INTO dreamstudio_requests
SELECT DISTINCT engine, width, height, steps FROM dreamstudio_numbers
WHERE engine IS NOT NULL AND width IS NOT NULL AND height IS NOT NULL AND steps IS NOT NULL
ON CONFLICT DO NOTHING;

-- A row for each row of the log. No row can cost more than 922,337,203.685 credits. The number of images of a malformed row is
-- unknown.
CREATE TEMP VIEW dreamstudio_billed AS
SELECT
  group_name, basis, CASE WHEN basis = 'malformed' THEN 0 ELSE ABS(images) END AS images,
  CASE WHEN basis = 'price' THEN price * images END AS credits_units,
  CASE WHEN basis = 'price' THEN usd_price * images END AS usd_units,
  CASE WHEN basis = 'estimate' THEN CASE WHEN images = 0 THEN 0 ELSE expected * images END END AS expected_credits_units,
  CASE WHEN basis = 'estimate' THEN at_most * images END AS at_most_credits_units
FROM (
  SELECT
    r.*, p.credits_units AS price, p.usd_units AS usd_price, e.expected_credits_units AS expected, e.at_most_credits_units AS at_most,
    CASE
      WHEN r.day IS NULL OR r.width IS NULL OR r.height IS NULL OR r.steps IS NULL OR r.images IS NULL THEN 'malformed'
      WHEN r.images < 0 THEN 'refund'
      WHEN r.valid_from IS NULL THEN 'no-edition'
      WHEN r.engine IS NULL THEN 'unknown-engine'
      WHEN p.credits_units * r.images > 9223372036850 THEN 'too-large'
      WHEN p.credits_units IS NOT NULL THEN 'price'
      WHEN NOT e.is_accepted THEN 'not-accepted'
      WHEN e.at_most_credits_units * r.images > 9223372036850 THEN 'too-large'
      WHEN e.at_most_credits_units IS NOT NULL THEN 'estimate'
      WHEN s.engine IS NULL AND c.engine IS NULL THEN 'size-and-steps'
      WHEN s.engine IS NULL THEN 'size'
      ELSE 'steps'
    END AS basis
  FROM dreamstudio_numbers AS r
  LEFT JOIN dreamstudio_prices AS p
    ON p.engine = r.engine AND p.width = r.width AND p.height = r.height AND p.steps = r.steps AND p.valid_from = r.valid_from
  LEFT JOIN dreamstudio_estimates AS e
    ON e.engine = r.engine AND e.width = r.width AND e.height = r.height AND e.steps = r.steps AND e.valid_from = r.valid_from
  LEFT JOIN (SELECT DISTINCT engine, width, height, valid_from FROM dreamstudio_prices) AS s
    ON s.engine = r.engine AND s.width = r.width AND s.height = r.height AND s.valid_from = r.valid_from
  LEFT JOIN (SELECT DISTINCT engine, steps, valid_from FROM dreamstudio_prices) AS c
    ON c.engine = r.engine AND c.steps = r.steps AND c.valid_from = r.valid_from
) AS found;

-- In units of 0.0001 credits and of 0.000000001 dollars. If a row has no expected price, the sum has none.
SELECT
  group_name, basis, COUNT(*) AS row_count, SUM(images) AS images, SUM(credits_units) AS credits_units,
  SUM(usd_units) AS usd_units,
  CASE WHEN COUNT(expected_credits_units) = COUNT(*) THEN SUM(expected_credits_units) END AS expected_credits_units,
  SUM(at_most_credits_units) AS at_most_credits_units
FROM dreamstudio_billed
GROUP BY group_name, basis
ORDER BY group_name, basis;
