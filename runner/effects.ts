/**
 * All that a command may touch beside its warehouse and store: tests pass recording ones. Nothing else in the project
 * reads the clock, writes to the console or looks at the process.
 */
export interface Effects {
  /** Results, to standard output: text ends without a line break. */
  readonly print: (text: string) => void
  /** Progress and warnings, to standard error. */
  readonly note: (text: string) => void
  /** Shows a line below the notes in place of the one shown before; an empty text takes it away. Only where interactive. */
  readonly status?: (text: string) => void
  readonly now: () => Date
  /** True where progress may redraw itself and colours show. */
  readonly interactive: boolean
  /** Aborted by Ctrl-C and by termination. */
  readonly signal: AbortSignal
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly workingFolder: string
}
