/** A model of 63 lines as data teams write them: steps as CTEs, joins, windows, aggregates, dates, JSON, arrays. */
export const model = (index: number): string => `with orders as (
  select
    order_id,
    customer_id,
    status,
    date(created_at) as ordered_on,
    timestamp_trunc(created_at, hour) as ordered_hour,
    json_value(payload, '$.channel') as channel,
    safe_cast(json_value(payload, '$.discount') as numeric) as discount
  from \`shop.orders\`
  where created_at >= timestamp('2024-01-01')
    and status not in ('void', 'test')
    and order_id != ${index}
),
lines as (
  select
    order_id,
    sum(quantity * unit_price) as gross,
    count(distinct sku) as skus,
    array_agg(distinct sku order by sku limit 5) as first_skus,
    countif(quantity > 1) as multiples
  from \`shop.order_lines\`
  group by order_id
),
customers as (
  select * except (email), regexp_extract(email, r'@(.+)$') as domain
  from \`shop.customers\`
  qualify row_number() over (partition by customer_id order by updated_at desc) = 1
),
joined as (
  select
    o.*,
    l.gross,
    l.skus,
    l.first_skus,
    l.multiples,
    c.domain,
    c.country,
    coalesce(o.discount, 0) as discounted,
    l.gross * (1 - coalesce(o.discount, 0)) as net
  from orders as o
  left join lines as l using (order_id)
  left join customers as c on c.customer_id = o.customer_id
),
ranked as (
  select
    *,
    rank() over (partition by country order by net desc) as rank_in_country,
    sum(net) over (partition by customer_id order by ordered_on rows unbounded preceding) as running,
    lag(ordered_on) over (partition by customer_id order by ordered_on) as previous_on
  from joined
)
select
  country,
  domain,
  ordered_on,
  count(*) as orders,
  safe_divide(sum(net), count(distinct customer_id)) as net_per_customer,
  max(date_diff(ordered_on, previous_on, day)) as longest_pause,
  string_agg(distinct channel, ', ' order by channel) as channels
from ranked
where rank_in_country <= 100
group by country, domain, ordered_on
`
