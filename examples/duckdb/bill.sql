-- Prices a usage log in DuckDB, with the same result as `dreamprice bill --estimate --by user`.
--
--   pip install 'duckdb-cli==1.5.*'
--   dreamprice export --format sql --dialect duckdb > prices.sql
--   duckdb -bail -csv -c ".read prices.sql" -c "SET VARIABLE log = 'usage.csv'" -c ".read examples/duckdb/bill.sql"
--
-- If the price list has editions with days, such as `--tables 2023-06-22=v0.1.0:tables --tables 2023-07-01=tables`, each row is
-- priced by the edition in force on its day, as `bill` does with `--time`.
--
-- Reads each cell as text, so that a cell that is not a number is counted, and neither guessed nor dropped. A row with too few or
-- too many cells is an error. Sums are 128-bit integers, and an overflow is an error.

-- The log. To price a table of the database, name it in place of read_csv.
CREATE OR REPLACE TEMP VIEW log_rows AS
  FROM read_csv(getvariable('log'), header = true, all_varchar = true, delim = ',', quote = '"', escape = '"');

-- Its columns. Replace their names here, such as `model AS engine`, and `team AS "user"` to group by another column. If there is
-- no column `images`, each row is one image. `time` is needed only for editions with days.
CREATE OR REPLACE TEMP VIEW log_cells AS
  SELECT CAST(COLUMNS(*) AS VARCHAR) FROM (
    SELECT "user", engine, width, height, steps, images, time
    FROM (FROM log_rows UNION ALL BY NAME SELECT NULL AS images, NULL AS time WHERE false)
  );

-- The time zone whose days count, such as 'America/New_York'.
CREATE OR REPLACE TEMP MACRO zone() AS 'UTC';

-- If images have another name, that must not be one image a row.
CREATE OR REPLACE TEMP TABLE count_columns AS
  SELECT error(format('no row has `images`: in log_cells, write `{0} AS images`, or `1 AS images` for one image a row', column_name))
  FROM (DESCRIBE log_rows)
  WHERE lower(column_name) IN ('n', 'samples', 'num_images', 'count', 'quantity')
    AND NOT EXISTS (FROM log_cells WHERE images IS NOT NULL);

-- An edition for all days is in force from the first day on, and needs no time.
CREATE OR REPLACE TEMP MACRO first_day() AS DATE '0001-01-01';
CREATE OR REPLACE TEMP TABLE time_columns AS
  SELECT error('no row has `time`, which decides the edition: in log_cells, write the name of the column, such as `created AS time`')
  WHERE EXISTS (FROM dreamstudio_editions WHERE valid_from > first_day())
    AND EXISTS (FROM log_cells) AND NOT EXISTS (FROM log_cells WHERE time IS NOT NULL);

-- The day of a date, or of a time as in RFC 3339. A time without an offset is of the time zone already.
CREATE OR REPLACE TEMP MACRO parts_of(cell) AS regexp_extract(
  cell,
  '^[ \t\n\f\r]*(\d{4}-\d\d-\d\d)(?:[Tt ]((?:[01]\d|2[0-3]):[0-5]\d)(?::(?:[0-5]\d|60)(?:\.\d{1,9})?)?'
    || '([Zz]| UTC|[+-][01]\d(?::?[0-5]\d)?)?)?[ \t\n\f\r]*$',
  ['day', 'minute', 'difference']
);
CREATE OR REPLACE TEMP MACRO day_of(parts) AS CASE
  WHEN parts.difference = '' THEN TRY_CAST(parts.day AS DATE)
  ELSE CAST(timezone(zone(), TRY_CAST(concat(parts.day, ' ', parts.minute, ':00', upper(parts.difference)) AS TIMESTAMPTZ)) AS DATE)
END;

-- A whole number may have spaces around it, and a fraction of zeros behind a point or a comma, because data frames write it so. Three
-- zeros may be thousands.
CREATE OR REPLACE TEMP MACRO whole(cell) AS
  TRY_CAST(regexp_extract(cell, '^[ \t\n\f\r]*(-?(0|[1-9][0-9]{0,19}))([.,](00?|0{4,}))?[ \t\n\f\r]*$', 1) AS HUGEINT);
-- The largest amount that a row can cost: 922,337,203.685 credits.
CREATE OR REPLACE TEMP MACRO largest() AS 9223372036850;
CREATE OR REPLACE TEMP MACRO within(number, least, most) AS CASE WHEN number BETWEEN least AND most THEN number END;

-- A log may name a table instead of an engine. Any engine of the table has its prices.
CREATE OR REPLACE TEMP VIEW names AS
  SELECT DISTINCT engine AS name, engine, valid_from FROM dreamstudio_prices
  UNION
  SELECT price_table, min(engine), valid_from FROM dreamstudio_prices GROUP BY price_table, valid_from;

-- The rows of the log with their days.
CREATE OR REPLACE TEMP VIEW log_days AS
  SELECT *, day_of(parts_of(time)) AS day FROM log_cells;

-- A log has far fewer requests than rows. Counting first makes every join small.
CREATE OR REPLACE TEMP TABLE requests AS
  WITH counted AS (
    SELECT
      "user", coalesce(engine, '') AS engine, width, height, steps, coalesce(images, '') AS images, d.valid_from,
      d.valid_from IS NULL AND day IS NULL AS has_no_day, count(*) AS row_count
    FROM log_days LEFT JOIN dreamstudio_editions AS d
      ON (d.valid_from = first_day() OR day >= d.valid_from) AND (d.valid_to IS NULL OR day < d.valid_to)
    GROUP BY ALL
  )
  SELECT
    "user", names.engine, counted.valid_from, has_no_day, row_count,
    within(whole(width), 1, 4294967295) AS width, within(whole(height), 1, 4294967295) AS height,
    within(whole(steps), 1, 4294967295) AS steps,
    CASE WHEN trim(images, E' \t\n\f\r') = '' THEN 1
      ELSE within(whole(images), -18446744073709551615, 18446744073709551615) END AS images
  FROM counted LEFT JOIN names ON names.name = counted.engine AND names.valid_from = counted.valid_from;

INSERT OR IGNORE INTO dreamstudio_requests
  SELECT DISTINCT engine, width, height, steps FROM requests
  WHERE engine IS NOT NULL AND width IS NOT NULL AND height IS NOT NULL AND steps IS NOT NULL;

WITH priced AS (
  SELECT
    r."user", r.row_count,
    CASE
      WHEN r.has_no_day OR r.width IS NULL OR r.height IS NULL OR r.steps IS NULL OR r.images IS NULL THEN 'malformed'
      WHEN r.images < 0 THEN 'refund'
      WHEN r.valid_from IS NULL THEN 'no-edition'
      WHEN r.engine IS NULL THEN 'unknown-engine'
      WHEN p.credits_units * r.images > largest() THEN 'too-large'
      WHEN p.credits_units IS NOT NULL THEN 'price'
      WHEN NOT e.is_accepted THEN 'not-accepted'
      WHEN e.at_most_credits_units * r.images > largest() THEN 'too-large'
      WHEN e.at_most_credits_units IS NOT NULL THEN 'estimate'
      WHEN s.engine IS NULL AND c.engine IS NULL THEN 'size-and-steps'
      WHEN s.engine IS NULL THEN 'size'
      ELSE 'steps'
    END AS basis,
    -- The number of images of a malformed row is unknown.
    CASE WHEN basis = 'malformed' THEN 0 ELSE abs(r.images) * r.row_count END AS images,
    CASE WHEN basis = 'price' THEN p.credits_units * r.images * r.row_count END AS credits,
    CASE WHEN basis = 'price' THEN p.usd_units * r.images * r.row_count END AS usd,
    CASE WHEN basis = 'estimate' THEN
      CASE WHEN r.images = 0 THEN 0 ELSE e.expected_credits_units * r.images * r.row_count END END AS expected,
    CASE WHEN basis = 'estimate' THEN e.at_most_credits_units * r.images * r.row_count END AS at_most
  FROM requests AS r
  LEFT JOIN dreamstudio_prices AS p USING (engine, width, height, steps, valid_from)
  LEFT JOIN dreamstudio_estimates AS e USING (engine, width, height, steps, valid_from)
  LEFT JOIN (SELECT DISTINCT engine, width, height, valid_from FROM dreamstudio_prices) AS s
    USING (engine, width, height, valid_from)
  LEFT JOIN (SELECT DISTINCT engine, steps, valid_from FROM dreamstudio_prices) AS c USING (engine, steps, valid_from)
)
SELECT
  "user", basis, sum(row_count) AS rows, sum(images) AS images,
  CAST(sum(credits) AS DECIMAL(28, 0)) * 0.0001 AS credits,
  CAST(sum(usd) AS DECIMAL(28, 0)) * 0.000000001 AS usd,
  -- If a row has no expected price, the sum has none.
  CASE WHEN count(expected) = count(*) THEN CAST(sum(expected) AS DECIMAL(28, 0)) * 0.0001 END AS expected,
  CAST(sum(at_most) AS DECIMAL(28, 0)) * 0.0001 AS at_most
FROM priced
GROUP BY "user", basis
ORDER BY "user", basis;
