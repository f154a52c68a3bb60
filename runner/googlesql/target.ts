/** A table's full name, as Dataform's compiled graph has it (`database` is BigQuery's project, `schema` its dataset). */
export interface Target {
  readonly database: string
  readonly schema: string
  readonly name: string
}
