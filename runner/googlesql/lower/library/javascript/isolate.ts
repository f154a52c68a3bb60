import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads'
import { brokerProgram } from './broker-program.ts'
import { isolateProgram } from './isolate-program.ts'
import { realmText } from './realm.ts'

/** A JavaScript function and the rows to call it for. */
export interface IsolateRequest {
  readonly body: string
  /** Of the parameters. */
  readonly names: readonly string[]
  /** Types of the parameters and the result, as JSON. */
  readonly types: string
  /** A list of arguments for each row, as JSON. */
  readonly rows: string
}

export type IsolateAnswer = { readonly values: readonly unknown[] } | IsolateError

export interface IsolateError {
  readonly error: string
  /** Of a `throw` in the function's text. */
  readonly place?: { readonly line: number; readonly column: number }
}

export interface IsolateLimits {
  /** For one request. */
  readonly milliseconds: number
  /** Of the heap. */
  readonly megabytes: number
}

/** Of one chunk of rows. */
const defaultLimits: IsolateLimits = { milliseconds: 30_000, megabytes: 128 }

/**
 * Runs JavaScript functions where they can do no harm: in a process of its own with limits on time and memory, without
 * permission for files, processes or threads, without environment variables, in a realm without anything but the
 * language. The call waits for the answer, since DuckDB calls functions synchronously.
 */
export class Isolate {
  readonly #limits: IsolateLimits
  readonly #state = new Int32Array(new SharedArrayBuffer(4))
  #port: MessagePort | undefined

  constructor(limits: IsolateLimits = defaultLimits) {
    this.#limits = limits
  }

  /** Never throws for what the function does: an error of it, or a limit it met, is in the answer. */
  run(request: IsolateRequest): IsolateAnswer {
    // A realm may import modules, which would be objects of the process: the only way there is this word.
    if (/\bimport\b/.test(request.body)) return { error: 'the word import is not supported locally' }
    this.#port ??= this.#start()
    Atomics.store(this.#state, 0, 0)
    this.#port.postMessage(JSON.stringify(request))
    // The thread keeps to the limit; this one is for a machine that cannot even start it.
    Atomics.wait(this.#state, 0, 0, this.#limits.milliseconds + 30_000)
    const answer = receiveMessageOnPort(this.#port) as { readonly message: string } | undefined
    if (answer === undefined) {
      this.#port.close()
      this.#port = undefined
      return { error: 'the process for it does not answer' }
    }
    return readAnswer(answer.message, request.body)
  }

  #start(): MessagePort {
    const { port1, port2 } = new MessageChannel()
    const { milliseconds, megabytes } = this.#limits
    const program = `'use strict';(${isolateProgram})(${JSON.stringify(realmText())})`
    const flags = [
      '--permission',
      '--no-warnings',
      `--max-old-space-size=${megabytes}`,
      '--max-semi-space-size=8',
      '--input-type=commonjs',
      '--eval',
      program,
    ]
    const worker = new Worker(`(${brokerProgram})()`, {
      eval: true,
      execArgv: [],
      workerData: {
        port: port2,
        state: this.#state,
        command: process.execPath,
        flags,
        milliseconds,
        megabytes,
      },
      transferList: [port2],
    })
    worker.unref()
    port1.unref()
    return port1
  }
}

function readAnswer(text: string, body: string): IsolateAnswer {
  const answer = JSON.parse(text) as Partial<Record<'values' | 'error' | 'stack', unknown>>
  if (Array.isArray(answer.values)) return { values: answer.values }
  const error = String(answer.error)
  const place = throwPlace(String(answer.stack), body)
  return place === undefined ? { error } : { error, place }
}

/** Where `throw` stands before the place at which the error was made, if it does. */
function throwPlace(stack: string, body: string): IsolateError['place'] {
  const [, line = '', column = ''] = /\bfunction\.js:(\d+):(\d+)\)?$/.exec(stack) ?? []
  const before = (body.split('\n')[Number(line) - 1] ?? '').slice(0, Number(column) - 1)
  const thrown = /\bthrow\s+$/.exec(before)
  return thrown === null ? undefined : { line: Number(line), column: thrown.index + 1 }
}
