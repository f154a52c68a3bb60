-- Two or three columns stand side by side, more below each other; rows written out fill their lines.
SELECT id, name, upper(name) AS shouted FROM t WHERE id IN (1, 2);

SELECT
  id,
  name,
  upper(name) AS shouted,
  length(name) AS letters
FROM t;

WITH
  facts AS (
    SELECT 1 AS id, 'first' AS name, TIMESTAMP '2024-01-01 00:00:00+00' AS made, NUMERIC '12.50' AS price, TRUE AS sold
    UNION ALL SELECT 2, 'second', TIMESTAMP '2024-01-02 00:00:00+00', NUMERIC '7', FALSE
    UNION ALL SELECT 3, 'third', NULL, NULL, NULL -- nothing known
  )
SELECT *, sum(price) OVER (PARTITION BY sold ORDER BY made) AS running
FROM facts
CROSS JOIN UNNEST([
  STRUCT(1 AS a, 'x' AS b), (2, 'y'), (3, 'z'), (4, 'a longer one'), (5, 'another longer one'),
  (6, 'and one more of them')
]);

SELECT
  a,
  b,
  c, -- why
  d
FROM t
|> SELECT a, b, c, d
|> EXTEND 1 AS e, 2 AS f
