-- Two or three columns stand side by side, more below each other; rows written out fill their lines.
select id, name, upper(name) as shouted from t where id in (1, 2);
select id, name, upper(name) as shouted, length(name) as letters from t;
with facts as (
  select 1 as id, 'first' as name, timestamp '2024-01-01 00:00:00+00' as made, numeric '12.50' as price, true as sold
  union all select 2, 'second', timestamp '2024-01-02 00:00:00+00', numeric '7', false
  union all select 3, 'third', null, null, null -- nothing known
)
select *, sum(price) over (partition by sold order by made) as running from facts cross join unnest([
  struct(1 as a, 'x' as b), (2, 'y'), (3, 'z'), (4, 'a longer one'), (5, 'another longer one'), (6, 'and one more of them')
]);
select a, b, c, -- why
  d from t |> select a, b, c, d |> extend 1 as e, 2 as f
