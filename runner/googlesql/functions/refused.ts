import { refused } from './define.ts'
import type { FunctionEntry } from './function.ts'

/** Families of BigQuery that have no right answer here: each by its reason, none merely absent. */

function family(
  page: string,
  reason: string,
  names: string,
  kind: FunctionEntry['kind'] = 'scalar',
): readonly FunctionEntry[] {
  return names.split(/\s+/).map((name) => refused(name, page, reason, kind))
}

const geography =
  'what needs overlays, simplification or rounding of geographies on the sphere is not supported locally'
const sketches = 'sketches are not supported locally; exact aggregates are'

export const refusedFunctions: readonly FunctionEntry[] = [
  ...family('bigqueryml-syntax-ai-agg', 'machine learning is not supported locally', 'AI.AGG', 'aggregate'),
  ...family(
    'geography_functions',
    geography,
    `S2_COVERINGCELLIDS ST_ASKML ST_BUFFER ST_BUFFERWITHTOLERANCE ST_GEOGFROMKML ST_GEOGPOINTFROMGEOHASH
     ST_GEOHASH ST_HAUSDORFFDISTANCE ST_HAUSDORFFDWITHIN ST_LINESUBSTRING ST_REGIONSTATS ST_SIMPLIFY`,
  ),
  ...family('geography_functions', geography, 'ST_CENTROID_AGG', 'aggregate'),
  ...family('geography_functions#st_clusterdbscan', geography, 'ST_CLUSTERDBSCAN', 'navigation'),
  ...family(
    'aead_encryption_functions',
    'encryption keys are not supported locally',
    `AEAD.DECRYPT_BYTES AEAD.DECRYPT_STRING AEAD.ENCRYPT DETERMINISTIC_DECRYPT_BYTES DETERMINISTIC_DECRYPT_STRING
     DETERMINISTIC_ENCRYPT KEYS.ADD_KEY_FROM_RAW_BYTES KEYS.KEYSET_CHAIN KEYS.KEYSET_FROM_JSON KEYS.KEYSET_LENGTH
     KEYS.KEYSET_TO_JSON KEYS.NEW_KEYSET KEYS.NEW_WRAPPED_KEYSET KEYS.REWRAP_KEYSET KEYS.ROTATE_KEYSET
     KEYS.ROTATE_WRAPPED_KEYSET`,
  ),
  ...family(
    'dlp_functions',
    'encryption keys are not supported locally',
    'DLP_DETERMINISTIC_ENCRYPT DLP_DETERMINISTIC_DECRYPT DLP_KEY_CHAIN',
  ),
  ...family(
    'kll_functions',
    sketches,
    'KLL_QUANTILES.INIT_INT64 KLL_QUANTILES.INIT_FLOAT64 KLL_QUANTILES.MERGE_INT64 KLL_QUANTILES.MERGE_FLOAT64 KLL_QUANTILES.MERGE_PARTIAL KLL_QUANTILES.MERGE_POINT_INT64 KLL_QUANTILES.MERGE_POINT_FLOAT64',
    'aggregate',
  ),
  ...family(
    'kll_functions',
    sketches,
    'KLL_QUANTILES.EXTRACT_INT64 KLL_QUANTILES.EXTRACT_FLOAT64 KLL_QUANTILES.EXTRACT_POINT_INT64 KLL_QUANTILES.EXTRACT_POINT_FLOAT64',
  ),
  ...family(
    'text-analysis-functions',
    'which terms are too rare to count is not known well enough',
    'TF_IDF',
    'navigation',
  ),
  ...family(
    'search_functions#vector_search',
    'vector search is not supported locally',
    'VECTOR_SEARCH',
    'table',
  ),
  ...family(
    'search_functions',
    'vector indexes are not supported locally',
    'VECTOR_INDEX.STATISTICS',
    'table',
  ),
  ...family(
    'table-functions-built-in',
    'change history is not kept locally; read the change log',
    'APPENDS CHANGES',
    'table',
  ),
  ...family(
    'table-functions-built-in#external_object_transform',
    'object tables are not supported locally',
    'EXTERNAL_OBJECT_TRANSFORM',
    'table',
  ),
  ...family(
    'federated_query_functions#external_query',
    'federated queries are not supported locally',
    'EXTERNAL_QUERY',
    'table',
  ),
  ...family(
    'objectref_functions',
    'object references are not supported locally',
    'OBJ.FETCH_METADATA OBJ.GET_ACCESS_URL OBJ.GET_READ_URL OBJ.MAKE_REF',
  ),
  ...family(
    'bigqueryml-syntax-e2e-journey',
    'machine learning is not supported locally',
    `ML.PREDICT ML.EVALUATE ML.FORECAST ML.EXPLAIN_PREDICT ML.EXPLAIN_FORECAST ML.GENERATE_TEXT ML.GENERATE_EMBEDDING
     ML.WEIGHTS ML.FEATURE_INFO ML.FEATURE_IMPORTANCE ML.CONFUSION_MATRIX ML.ROC_CURVE ML.DETECT_ANOMALIES ML.RECOMMEND
     ML.TRAINING_INFO ML.TRANSFORM ML.CENTROIDS ML.PRINCIPAL_COMPONENTS AI.FORECAST AI.GENERATE_TABLE AI.GENERATE_TEXT AI.GENERATE_EMBEDDING AI.DETECT_ANOMALIES AI.EVALUATE AI.SEARCH AI.KEY_DRIVERS
     ML.ANNOTATE_IMAGE ML.PROCESS_DOCUMENT ML.TRANSLATE ML.TRANSCRIBE ML.UNDERSTAND_TEXT ML.ARIMA_COEFFICIENTS
     ML.ARIMA_EVALUATE ML.ADVANCED_WEIGHTS ML.GLOBAL_EXPLAIN ML.RECONSTRUCTION_LOSS ML.TFDV_DESCRIBE ML.TFDV_VALIDATE
     ML.DESCRIBE_DATA ML.VALIDATE_DATA_DRIFT ML.VALIDATE_DATA_SKEW ML.HOLIDAY_INFO ML.TRIAL_INFO ML.PRINCIPAL_COMPONENT_INFO`,
    'table',
  ),
  ...family(
    'bigqueryml-syntax-e2e-journey',
    'machine learning is not supported locally',
    `ML.DISTANCE ML.NORMALIZER ML.LP_NORM ML.NGRAMS ML.POLYNOMIAL_EXPAND ML.BUCKETIZE ML.HASH_BUCKETIZE ML.FEATURE_CROSS
     AI.GENERATE AI.GENERATE_BOOL AI.GENERATE_DOUBLE AI.GENERATE_INT AI.IF AI.CLASSIFY AI.SCORE AI.EMBED AI.SIMILARITY AI.COUNT_TOKENS
     ML.CONVERT_COLOR_SPACE ML.CONVERT_IMAGE_TYPE ML.DECODE_IMAGE ML.RESIZE_IMAGE`,
  ),
  ...family(
    'bigqueryml-preprocessing-functions',
    'machine learning is not supported locally',
    'ML.QUANTILE_BUCKETIZE ML.MIN_MAX_SCALER ML.STANDARD_SCALER ML.MAX_ABS_SCALER ML.ROBUST_SCALER ML.LABEL_ENCODER ML.ONE_HOT_ENCODER ML.MULTI_HOT_ENCODER ML.IMPUTER',
    'navigation',
  ),
]
