import { expect, test } from 'vitest'
import { parse } from '../../../runner/googlesql/parse/index.ts'
import { printStatements } from '../../../runner/googlesql/print/index.ts'

function format(text: string): string {
  const { statements, problems } = parse(text)
  expect(problems.map(String)).toEqual([])
  return printStatements(statements)
}

test.each([
  [
    'a query that fits stands on one line',
    'select a,b as c from t where a>1',
    'SELECT a, b AS c FROM t WHERE a > 1;\n',
  ],
  [
    'a longer one has a line for each clause, and in long clauses a line for each item',
    `select order_id, customer_id, sum(quantity*price) as total, array_agg(distinct sku order by sku limit 10) as skus
     from \`shop.orders\` o join shop.customer c on c.id=o.customer_id and c.valid left join u using(k)
     where not c.deleted and (o.state in ('open','paid') or o.state is null) group by 1,2 having count(*)>1
     order by total desc nulls last limit 10 offset 5`,
    `SELECT
  order_id,
  customer_id,
  SUM(quantity * price) AS total,
  ARRAY_AGG(DISTINCT sku ORDER BY sku LIMIT 10) AS skus
FROM \`shop.orders\` AS o
JOIN shop.customer AS c ON c.id = o.customer_id AND c.valid
LEFT JOIN u USING (k)
WHERE NOT c.deleted AND (o.state IN ('open', 'paid') OR o.state IS NULL)
GROUP BY 1, 2
HAVING COUNT(*) > 1
ORDER BY total DESC NULLS LAST
LIMIT 10 OFFSET 5;
`
      .replace('SUM', 'sum')
      .replace('ARRAY_AGG', 'array_agg')
      .replace('COUNT', 'count'),
  ],
  [
    'WITH has a block for each table, CASE a line for each of several branches',
    `with a as (select 1 as x), b as (select case when x=1 then 'one' when x=2 then 'two' else 'many' end as y from a) select * from b`,
    `WITH
  a AS (SELECT 1 AS x),
  b AS (
    SELECT
      CASE
        WHEN x = 1 THEN 'one'
        WHEN x = 2 THEN 'two'
        ELSE 'many'
      END AS y
    FROM a
  )
SELECT *
FROM b;
`,
  ],
  [
    'pipes stand below each other',
    'from t |> where a>1 |> aggregate count(*) as n group by b |> order by n desc',
    `FROM t
|> WHERE a > 1
|> AGGREGATE count(*) AS n GROUP BY b
|> ORDER BY n DESC;
`,
  ],
  [
    'a MERGE',
    `merge into t using s on t.id=s.id when matched and s.gone then delete when matched then update set a=s.a,b=s.b when not matched then insert (id,a,b) values (s.id,s.a,s.b)`,
    `MERGE INTO t
USING s
ON t.id = s.id
WHEN MATCHED AND s.gone THEN DELETE
WHEN MATCHED THEN UPDATE SET a = s.a, b = s.b
WHEN NOT MATCHED THEN INSERT (id, a, b) VALUES (s.id, s.a, s.b);
`,
  ],
  [
    'a table',
    `create or replace table d.t (id int64 not null options(description='the key'), tags array<string>, primary key(id) not enforced) partition by date(ts) cluster by id options(description='x')`,
    `CREATE OR REPLACE TABLE d.t (
  id int64 NOT NULL OPTIONS (description = 'the key'),
  tags ARRAY<string>,
  PRIMARY KEY (id) NOT ENFORCED
)
PARTITION BY date(ts)
CLUSTER BY id
OPTIONS (description = 'x');
`,
  ],
  [
    'a script',
    `declare n int64 default 0; while n<3 do set n=n+1; if n=2 then continue; else select n; end if; end while; begin select 1/0; exception when error then raise; end`,
    `DECLARE n int64 DEFAULT 0;

WHILE n < 3 DO
  SET n = n + 1;
  IF n = 2 THEN
    CONTINUE;
  ELSE
    SELECT n;
  END IF;
END WHILE;

BEGIN
  SELECT 1 / 0;
EXCEPTION WHEN ERROR THEN
  RAISE;
END;
`,
  ],
])('%s', (_name, text, printed) => {
  expect(format(text)).toBe(printed)
  expect(format(printed)).toBe(printed)
})

test('a tree that no parser made gets the backticks and parentheses that it needs', () => {
  const { statements } = parse('SELECT a AS b, c * d FROM t')
  const edited = JSON.parse(
    JSON.stringify(statements).replace('"name":"b"', '"name":"select"').replace('"name":"a"', '"name":"1 x"'),
  )
  expect(printStatements(edited)).toBe('SELECT `1 x` AS `select`, c * d FROM t;\n')
})
