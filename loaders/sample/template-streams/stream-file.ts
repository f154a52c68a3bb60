/** A change file of a template's stream: its path below the stream's folder, and its text. */
export interface StreamFile {
  readonly path: string
  readonly text: string
}
