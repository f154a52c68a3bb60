"""Google's client for Python against the endpoint whose URL is the argument: prints one JSON object, case by case."""

import datetime
import decimal
import io
import json
import sys

from google.api_core.client_options import ClientOptions
from google.auth.credentials import AnonymousCredentials
from google.cloud import bigquery

client = bigquery.Client(
    project="my-project",
    credentials=AnonymousCredentials(),
    client_options=ClientOptions(api_endpoint=sys.argv[1]),
)
results = {}


def case(work):
    try:
        results[work.__name__] = work()
    except Exception as error:
        results[work.__name__] = {"raised": type(error).__name__, "message": str(error)}


def rows(iterator):
    return [[str(value) for value in row.values()] for row in iterator]


def field(name, kind, **more):
    return bigquery.SchemaField(name, kind, **more)


client.create_dataset("py")


@case
def reads_every_type():
    return rows(
        client.query(
            """SELECT 5, 1.5, true, 'é', b'\\x00', NUMERIC '1.5', DATE '2024-01-02', TIME '03:04:05.25',
            DATETIME '2024-01-02 03:04:05.1', TIMESTAMP '2024-01-02 03:04:05.678901', JSON '{"a": 1}', [1, 2],
            STRUCT('x' AS a, [STRUCT(1 AS c)] AS b), RANGE(DATE '2024-01-01', NULL), CAST(NULL AS INT64)"""
        ).result()
    )


@case
def query_and_wait():
    return rows(client.query_and_wait("SELECT 5"))


@case
def raises_at_once():
    return rows(client.query_and_wait("SELECT x FROM py.none"))


@case
def raises_at_the_result():
    return rows(client.query("SELECT nope").result())


@case
def sends_parameters():
    config = bigquery.QueryJobConfig(
        query_parameters=[
            bigquery.ScalarQueryParameter("i", "INT64", 2**53 + 1),
            bigquery.ArrayQueryParameter("l", "STRING", ["x", "y"]),
            bigquery.StructQueryParameter("r", bigquery.ScalarQueryParameter("d", "DATE", datetime.date(2024, 1, 2))),
            bigquery.ScalarQueryParameter(
                "t", "TIMESTAMP", datetime.datetime(2024, 1, 2, 3, 4, 5, 678901, datetime.timezone.utc)
            ),
            bigquery.ScalarQueryParameter("n", "NUMERIC", decimal.Decimal("1.23")),
            bigquery.ScalarQueryParameter("y", "BYTES", b"\x00\xff"),
        ]
    )
    return rows(client.query("SELECT @i, @l, @r.d, @t, @n, @y", job_config=config).result())


@case
def loads_json():
    job = client.load_table_from_json([{"a": 1, "r": {"x": [1, 2]}}, {"a": None}], "py.json", job_config=None)
    return [job.result().output_rows, rows(client.query("SELECT * FROM py.json ORDER BY a").result())]


@case
def loads_csv_in_parts():
    config = bigquery.LoadJobConfig(schema=[field("a", "INT64"), field("b", "STRING")])
    job = client.load_table_from_file(io.BytesIO(b"1,x\n" * 20000), "py.csv", job_config=config)
    return job.result().output_rows


@case
def raises_on_a_bad_load():
    config = bigquery.LoadJobConfig(schema=[field("a", "INT64")])
    return client.load_table_from_file(io.BytesIO(b"x\n"), "py.bad", job_config=config).result().output_rows


@case
def updates_a_table_only_from_what_was_read():
    table = client.create_table(bigquery.Table("my-project.py.t", schema=[field("a", "INT64")]))
    other = client.get_table(table)
    table.description = "one"
    table.schema = [*table.schema, field("b", "FLOAT64", description="added")]
    table = client.update_table(table, ["description", "schema"])
    other.description = "two"
    shown = [table.description, [[column.name, column.description] for column in table.schema]]
    try:
        client.update_table(other, ["description"])
    except Exception as error:
        return [*shown, type(error).__name__]


@case
def streams_rows():
    good = client.insert_rows_json("my-project.py.t", [{"a": 1, "b": 1.5}])
    bad = client.insert_rows_json("my-project.py.t", [{"a": "x"}])
    return [good, [error["reason"] for error in bad[0]["errors"]], rows(client.list_rows("my-project.py.t"))]


@case
def pages():
    result = client.query("SELECT x FROM UNNEST(GENERATE_ARRAY(1, 10)) AS x").result(page_size=4)
    return [len(list(page)) for page in result.pages]


@case
def dry_runs():
    job = client.query("SELECT a FROM py.t", job_config=bigquery.QueryJobConfig(dry_run=True))
    return [job.statement_type, [column.name for column in job.schema], job.referenced_tables[0].table_id]


@case
def counts_what_dml_did():
    job = client.query("UPDATE py.t SET b = 2 WHERE true")
    return [list(job.result()), job.num_dml_affected_rows, job.dml_stats.updated_row_count]


@case
def lists():
    return [
        [dataset.dataset_id for dataset in client.list_datasets()],
        sorted(table.table_id for table in client.list_tables("py")),
        len(list(client.list_jobs(max_results=3))),
    ]


@case
def cancels():
    job = client.query("SELECT COUNT(*) FROM UNNEST(GENERATE_ARRAY(1, 100000)) a, UNNEST(GENERATE_ARRAY(1, 100000)) b WHERE a * b = 7")
    client.cancel_job(job.job_id)
    return rows(job.result())


@case
def keeps_a_session():
    first = client.query("CREATE TEMP TABLE t AS SELECT 1 AS a", job_config=bigquery.QueryJobConfig(create_session=True))
    first.result()
    session = first.session_info.session_id
    inside = bigquery.QueryJobConfig(connection_properties=[bigquery.ConnectionProperty("session_id", session)])
    job = client.query("INSERT INTO t VALUES (2)", job_config=inside)
    job.result()
    found = rows(client.query("SELECT a FROM t ORDER BY a", job_config=inside).result())
    client.query("CALL BQ.ABORT_SESSION()", job_config=inside).result()
    try:
        client.query("SELECT a FROM t", job_config=inside).result()
    except Exception as error:
        return [job.session_info.session_id == session, found, type(error).__name__]


@case
def reads_external_tables():
    external = bigquery.ExternalConfig("CSV")
    external.source_uris = ["gs://b/day=*"]
    external.schema = [field("a", "INT64")]
    external.csv_options.skip_leading_rows = 1
    hive = bigquery.HivePartitioningOptions()
    hive.mode = "AUTO"
    hive.source_uri_prefix = "gs://b"
    external.hive_partitioning = hive
    table = bigquery.Table("my-project.py.external")
    table.external_data_configuration = external
    made = client.create_table(table)
    query = "SELECT a, day, _FILE_NAME AS file FROM {} ORDER BY a"
    config = bigquery.QueryJobConfig(table_definitions={"own": external})
    shown = client.get_table(made).external_data_configuration
    return [
        made.table_type,
        [shown.source_format, list(shown.source_uris), shown.csv_options.skip_leading_rows],
        rows(client.query(query.format("py.external")).result()),
        rows(client.query(query.format("own"), job_config=config).result()),
    ]


@case
def lists_a_part_of_a_table():
    client.query("CREATE TABLE py.part AS SELECT x AS a, CAST(x AS STRING) AS b FROM UNNEST(GENERATE_ARRAY(1, 9)) AS x").result()
    table = client.get_table("my-project.py.part")
    part = client.list_rows(table, selected_fields=[field("b", "STRING")], start_index=6, page_size=2)
    return [table.num_rows, table.num_bytes, rows(part)]


@case
def makes_routines():
    INT64 = bigquery.StandardSqlDataType(type_kind=bigquery.StandardSqlTypeNames.INT64)
    twice = bigquery.Routine("my-project.py.twice", type_="SCALAR_FUNCTION", language="SQL", body="x * 2")
    twice.arguments = [bigquery.RoutineArgument(name="x", data_type=INT64)]
    twice.return_type = INT64
    made = client.create_routine(twice)
    made.body = "x * 3"
    client.update_routine(made, ["arguments", "body", "language", "return_type", "type_"])
    read = client.get_routine("my-project.py.twice")
    shown = [read.type_, read.body, read.arguments == twice.arguments, read.return_type == INT64]
    found = rows(client.query("SELECT py.twice(7)").result())
    client.delete_routine(read)
    return [shown, found, [routine.routine_id for routine in client.list_routines("py")]]


@case
def asks_what_it_may_do():
    table = "my-project.py.part"
    policy = client.get_iam_policy(table)
    allowed = client.test_iam_permissions(table, ["bigquery.tables.get"])
    return [list(policy.bindings), allowed["permissions"], client.get_service_account_email()]


print(json.dumps(results))
