/** DuckDB SQL of one of several texts, chosen by a hash. */
const pick = (values: readonly string[], key: string) =>
  `[${values.map((value) => `'${value}'`).join(', ')}][1 + (hash(${key}) % ${values.length})::int]`
const number = (from: number, to: number, key: string) =>
  `(${from} + hash(${key}) % ${to - from + 1})::bigint`
const money = (from: number, to: number, key: string) =>
  `(${number(from * 100, to * 100, key)} / 100)::double`
const words = (texts: string) => texts.split(' ')

const colours = words(
  'almond antique azure blush chocolate coral cream forest frosted ghost green indian ivory lace lemon linen magenta navy olive orchid peach plum puff red rose sky steel tan violet white',
)
const nations =
  'ALGERIA:0 ARGENTINA:1 BRAZIL:1 CANADA:1 EGYPT:4 ETHIOPIA:0 FRANCE:3 GERMANY:3 INDIA:2 INDONESIA:2 IRAN:4 IRAQ:4 JAPAN:2 JORDAN:4 KENYA:0 MOROCCO:0 MOZAMBIQUE:0 PERU:1 CHINA:2 ROMANIA:3 SAUDI_ARABIA:4 VIETNAM:2 RUSSIA:3 UNITED_KINGDOM:3 UNITED_STATES:1'
const noise = words('regular deposits quick packages final accounts special pending requests ironic foxes')
const text = (key: string) =>
  [1, 2, 3, 4, 5].map((word) => pick(noise, `${key} || '${word}'`)).join(` || ' ' || `)

/**
 * DuckDB statements that make TPC-H's tables in the current schema: its columns, keys, sizes and ranges of values, with
 * hashes in place of its generator's random numbers. Equal at every run. Money is FLOAT64.
 *
 * @param scale 1: 6 million lines
 */
export function tpchTables(scale: number): readonly string[] {
  const rows = (count: number) => `range(1, ${Math.max(1, Math.round(count * scale)) + 1}) as r(i)`
  const suppliers = Math.max(4, Math.round(10_000 * scale))
  const customers = Math.max(3, Math.round(150_000 * scale))
  const parts = Math.max(1, Math.round(200_000 * scale))
  const supplierOf = (part: string, turn: string) =>
    `(1 + (${part} + ${turn} * (${Math.floor(suppliers / 4)} + (${part} - 1) // ${suppliers})) % ${suppliers})::bigint`
  const phone = (nation: string) =>
    `(${nation} + 10) || '-' || ${number(100, 999, `'p' || i`)} || '-' || ${number(1000, 9999, `'q' || i`)}`
  const nation = (key: string) => number(0, 24, `${key} || i`)
  return [
    `create table region as select i::bigint as r_regionkey,
       ['AFRICA', 'AMERICA', 'ASIA', 'EUROPE', 'MIDDLE EAST'][i + 1] as r_name, '' as r_comment from range(5) as r(i)`,
    `create table nation as select (i - 1)::bigint as n_nationkey, replace(split_part(n, ':', 1), '_', ' ') as n_name,
       split_part(n, ':', 2)::bigint as n_regionkey, '' as n_comment
     from (select unnest(string_split('${nations}', ' ')) as n, unnest(range(1, 26)) as i)`,
    `create table supplier as select i as s_suppkey, 'Supplier#' || lpad(i::varchar, 9, '0') as s_name,
       md5('a' || i) as s_address, ${nation(`'sn'`)} as s_nationkey, ${phone(nation(`'sn'`))} as s_phone,
       ${money(-999, 9999, `'sb' || i`)} as s_acctbal,
       case when hash('sc' || i) % 2000 = 0 then 'Customer some Complaints' else ${text(`'sc' || i`)} end as s_comment
     from range(1, ${suppliers} + 1) as r(i)`,
    `create table customer as select i as c_custkey, 'Customer#' || lpad(i::varchar, 9, '0') as c_name,
       md5('c' || i) as c_address, ${nation(`'cn'`)} as c_nationkey, ${phone(nation(`'cn'`))} as c_phone,
       ${money(-999, 9999, `'cb' || i`)} as c_acctbal,
       ${pick(['AUTOMOBILE', 'BUILDING', 'FURNITURE', 'MACHINERY', 'HOUSEHOLD'], `'cm' || i`)} as c_mktsegment,
       ${text(`'cc' || i`)} as c_comment from range(1, ${customers} + 1) as r(i)`,
    `create table part as select i as p_partkey,
       ${[1, 2, 3, 4, 5].map((word) => pick(colours, `'pn' || i || '${word}'`)).join(` || ' ' || `)} as p_name,
       'Manufacturer#' || ${number(1, 5, `'pm' || i`)} as p_mfgr,
       'Brand#' || ${number(1, 5, `'pm' || i`)} || ${number(1, 5, `'pb' || i`)} as p_brand,
       ${pick(words('STANDARD SMALL MEDIUM LARGE ECONOMY PROMO'), `'t1' || i`)} || ' ' ||
         ${pick(words('ANODIZED BURNISHED PLATED POLISHED BRUSHED'), `'t2' || i`)} || ' ' ||
         ${pick(words('TIN NICKEL BRASS STEEL COPPER'), `'t3' || i`)} as p_type,
       ${number(1, 50, `'ps' || i`)} as p_size,
       ${pick(words('SM LG MED JUMBO WRAP'), `'c1' || i`)} || ' ' ||
         ${pick(words('CASE BOX BAG JAR PKG PACK CAN DRUM'), `'c2' || i`)} as p_container,
       (90000 + (i // 10) % 20001 + 100 * (i % 1000)) / 100 as p_retailprice, ${text(`'pc' || i`)} as p_comment
     from range(1, ${parts} + 1) as r(i)`,
    `create table partsupp as select i as ps_partkey, ${supplierOf('i', 't')} as ps_suppkey,
       ${number(1, 9999, `'pa' || i || '-' || t`)} as ps_availqty,
       ${money(1, 1000, `'pp' || i || '-' || t`)} as ps_supplycost, '' as ps_comment
     from range(1, ${parts} + 1) as r(i), range(4) as s(t)`,
    // A third of the customers never orders.
    `create table orders as select i as o_orderkey, (1 + 3 * (hash('oc' || i) % ${Math.max(1, Math.floor(customers / 3))})
         + hash('od' || i) % 2)::bigint as o_custkey,
       ${pick(['F', 'O', 'P'], `'os' || i`)} as o_orderstatus, ${money(1000, 400000, `'ot' || i`)} as o_totalprice,
       (date '1992-01-01' + (hash('oo' || i) % 2406)::int) as o_orderdate,
       ${pick(['1-URGENT', '2-HIGH', '3-MEDIUM', '4-NOT SPECIFIED', '5-LOW'], `'op' || i`)} as o_orderpriority,
       'Clerk#' || ${number(1, 1000, `'ok' || i`)} as o_clerk, 0::bigint as o_shippriority,
       ${text(`'ox' || i`)} as o_comment from ${rows(1_500_000)}`,
    `create table lineitem as
     with lines as (
       select o_orderkey as o, n, o_orderdate as d, o_orderkey || '-' || n as k,
         ${number(1, parts, `'lp' || o_orderkey || '-' || n`)} as p
       from orders, range(1, 8) as s(n) where n <= 1 + hash('ln' || o_orderkey) % 7)
     select o as l_orderkey, p as l_partkey, ${supplierOf('p', `(hash('ls' || k) % 4)::bigint`)} as l_suppkey,
       n as l_linenumber, ${number(1, 50, `'lq' || k`)}::double as l_quantity,
       ${number(1, 50, `'lq' || k`)} * (90000 + (p // 10) % 20001 + 100 * (p % 1000)) / 100 as l_extendedprice,
       (hash('ld' || k) % 11)::double / 100 as l_discount, (hash('lt' || k) % 9)::double / 100 as l_tax,
       case when d < date '1995-03-01' then ${pick(['R', 'A'], `'lr' || k`)} else 'N' end as l_returnflag,
       case when d < date '1995-03-01' then 'F' else 'O' end as l_linestatus,
       d + (1 + hash('l1' || k) % 121)::int as l_shipdate, d + (30 + hash('l2' || k) % 61)::int as l_commitdate,
       d + (2 + hash('l1' || k) % 121 + hash('l3' || k) % 30)::int as l_receiptdate,
       ${pick(['DELIVER IN PERSON', 'COLLECT COD', 'NONE', 'TAKE BACK RETURN'], `'li' || k`)} as l_shipinstruct,
       ${pick(['REG AIR', 'AIR', 'RAIL', 'SHIP', 'TRUCK', 'MAIL', 'FOB', 'AIR REG'], `'lm' || k`)} as l_shipmode,
       ${text(`'lc' || k`)} as l_comment from lines`,
  ]
}
