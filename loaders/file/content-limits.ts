/** What a file may take of memory and time, however small it is itself: a packed byte may stand for a thousand. */
export interface ContentLimits {
  /** Of one block of Avro, as it is stored and uncompressed, and of one line of JSON. */
  readonly maxBlockBytes: number
  /** Of a file's content, uncompressed. */
  readonly maxContentBytes: number
}

export const defaultContentLimits: ContentLimits = {
  // Datastream's largest event is 100 MB; a block holds whole events.
  maxBlockBytes: 512 * 1024 * 1024,
  maxContentBytes: 64 * 1024 ** 3,
}

/** A text in JavaScript has no more characters than about twice this. */
const maxTextBytes = 256 * 1024 * 1024

/** Of one line of JSON, which becomes one text. */
export const maxLineBytes = ({ maxBlockBytes }: ContentLimits): number =>
  Math.min(maxBlockBytes, maxTextBytes)

/** What to change where a limit is too low. */
export const settingOf: Readonly<Record<keyof ContentLimits, string>> = {
  maxBlockBytes: 'landing: max_block_megabytes',
  maxContentBytes: 'landing: max_file_gigabytes',
}
