import { isObject, type Json, type JsonObject, LongNumber } from '../json.ts'
import { tableReference } from '../reference.ts'
import { apiTypeName } from '../tables/field-schema.ts'
import type { Job, JobKind } from './job.ts'

/** What a job's configuration may hold, by its kind (https://cloud.google.com/bigquery/docs/reference/rest/v2/Job#jobconfiguration): the rest of what clients send is ignored, and not shown. */
const documented: Readonly<Record<JobKind, readonly string[]>> = {
  QUERY: words(
    `allowLargeResults clustering connectionProperties continuous createDisposition createSession defaultDataset
    destinationEncryptionConfiguration destinationTable flattenResults maximumBillingTier maximumBytesBilled parameterMode
    preserveNulls priority query queryParameters rangePartitioning schemaUpdateOptions scriptOptions systemVariables
    tableDefinitions timePartitioning useLegacySql useQueryCache userDefinedFunctionResources writeDisposition`,
  ),
  LOAD: words(
    `allowJaggedRows allowQuotedNewlines autodetect clustering columnNameCharacterMap connectionProperties copyFilesOnly
    createDisposition createSession dateFormat datetimeFormat decimalTargetTypes destinationEncryptionConfiguration
    destinationTable destinationTableProperties encoding fieldDelimiter fileSetSpecType hivePartitioningOptions
    ignoreUnknownValues jsonExtension maxBadRecords nullMarker nullMarkers parquetOptions preserveAsciiControlCharacters
    projectionFields quote rangePartitioning referenceFileSchemaUri schema schemaInline schemaInlineFormat
    schemaUpdateOptions skipLeadingRows sourceColumnMatch sourceFormat sourceUris timeFormat timePartitioning timeZone
    timestampFormat timestampTargetPrecision useAvroLogicalTypes writeDisposition`,
  ),
  COPY: words(
    `createDisposition destinationEncryptionConfiguration destinationExpirationTime destinationTable operationType
    sourceTable sourceTables writeDisposition`,
  ),
  EXTRACT: words(
    `compression destinationFormat destinationUri destinationUris fieldDelimiter modelExtractOptions
    nativeGeographyExportEnabled printHeader sourceModel sourceTable useAvroLogicalTypes`,
  ),
}

const ofEveryKind = words('dryRun jobTimeoutMs labels maxSlots reservation')

/** Whole numbers of 64 bits, which are texts; `value` is a parameter's. */
const texts = words(
  `destinationExpirationTime end expirationMs expirationTime interval jobTimeoutMs maximumBytesBilled
  start statementByteBudget statementTimeoutMs value`,
)

/** Those of 32 bits, which are numbers. */
const numbers = words('maxBadRecords maximumBillingTier maxSlots')

function words(text: string): readonly string[] {
  return text.split(/\s+/)
}

/** A job's configuration as the API gives it back: documented fields, in their own encodings and under their types' own names. */
export function shownConfiguration({
  kind,
  configuration,
  outcome,
}: Pick<Job, 'kind' | 'configuration' | 'outcome'>): object {
  const own = kind.toLowerCase()
  const given = configuration[own]
  const inner = isObject(given) ? shown(pick(given, documented[kind])) : {}
  const destination =
    kind !== 'QUERY'
      ? {}
      : {
          ...(outcome.destination === undefined
            ? {}
            : { destinationTable: tableReference(outcome.destination) }),
          priority: 'INTERACTIVE',
        }
  const skipped = isObject(given) && kind === 'LOAD' ? given['skipLeadingRows'] : undefined
  const head = skipped === undefined || skipped === null ? {} : { skipLeadingRows: Number(skipped) }
  return {
    jobType: kind,
    ...shown(pick(configuration, ofEveryKind)),
    [own]: { ...destination, ...inner, ...head },
  }
}

const pick = (given: JsonObject, names: readonly string[]): JsonObject =>
  Object.fromEntries(Object.entries(given).filter(([key]) => names.includes(key)))

function shown(given: JsonObject): JsonObject {
  const entries = Object.entries(given).filter(([, value]) => value !== undefined && value !== null)
  return Object.fromEntries(entries.map(([key, value]) => [key, encoded(key, value ?? null)]))
}

function encoded(key: string, value: Json): Json {
  if (key === 'labels') return value
  if (key === 'fields' && Array.isArray(value)) return (value as readonly Json[]).map(field)
  if (Array.isArray(value)) return (value as readonly Json[]).map((item) => encoded('', item))
  if (isObject(value)) return shown(value)
  const number = typeof value === 'number' || value instanceof LongNumber
  if (texts.includes(key) && number) return value instanceof LongNumber ? value.text : String(value)
  return numbers.includes(key) && typeof value === 'string' ? Number(value) : value
}

/** A field of a schema; of clustering it is a name. */
function field(given: Json): Json {
  if (!isObject(given)) return given
  const type = given['type']
  return { ...shown(given), ...(typeof type === 'string' ? { type: apiTypeName(type) } : {}) }
}
