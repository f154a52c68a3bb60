/**
 * Writes Thrift's compact protocol, as Parquet's page headers and footer need it
 * (https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md).
 */
export class ThriftWriter {
  private readonly out: number[] = []
  private lastField = 0

  i32(field: number, value: number): void {
    this.header(field, 5)
    this.varint(BigInt(value < 0 ? -2 * value - 1 : 2 * value))
  }

  i64(field: number, value: number): void {
    this.header(field, 6)
    this.varint(BigInt(value) * 2n)
  }

  boolean(field: number, value: boolean): void {
    this.header(field, value ? 1 : 2)
  }

  text(field: number, value: string): void {
    this.header(field, 8)
    this.rawText(value)
  }

  struct(field: number, write: () => void): void {
    this.header(field, 12)
    this.rawStruct(write)
  }

  structs<T>(field: number, items: readonly T[], write: (item: T) => void): void {
    this.listHeader(field, items.length, 12)
    for (const item of items) this.rawStruct(() => write(item))
  }

  integers(field: number, items: readonly number[]): void {
    this.listHeader(field, items.length, 5)
    for (const item of items) this.varint(BigInt(item) * 2n)
  }

  texts(field: number, items: readonly string[]): void {
    this.listHeader(field, items.length, 8)
    for (const item of items) this.rawText(item)
  }

  /** The bytes of the outermost struct. */
  finish(): Uint8Array {
    this.out.push(0)
    return Uint8Array.from(this.out)
  }

  private rawStruct(write: () => void): void {
    const outer = this.lastField
    this.lastField = 0
    write()
    this.out.push(0)
    this.lastField = outer
  }

  private rawText(value: string): void {
    const bytes = Buffer.from(value, 'utf8')
    this.varint(BigInt(bytes.length))
    for (const byte of bytes) this.out.push(byte)
  }

  private header(field: number, type: number): void {
    const delta = field - this.lastField
    if (delta > 0 && delta < 16) this.out.push((delta << 4) | type)
    else throw new Error(`fields must be written in order, each at most 15 after the last: ${field}`)
    this.lastField = field
  }

  private listHeader(field: number, size: number, type: number): void {
    this.header(field, 9)
    if (size < 15) this.out.push((size << 4) | type)
    else {
      this.out.push(0xf0 | type)
      this.varint(BigInt(size))
    }
  }

  private varint(value: bigint): void {
    let rest = value
    while (rest > 127n) {
      this.out.push(Number(rest & 127n) | 128)
      rest >>= 7n
    }
    this.out.push(Number(rest))
  }
}
