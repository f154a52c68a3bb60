import { clientMissing, localGrpcOptions } from '../../runner/google-client.ts'
import { Problem } from '../../runner/problem.ts'
import type { Message } from './notification.ts'

const missing = clientMissing('`stream: subscription:`', 'Pub/Sub', '@google-cloud/pubsub')

/** Messages of one subscription, delivered at least once and in any order. */
export interface Subscription {
  readonly name: string
  /** What is there, at most so many, waiting up to `milliseconds` for the first; none once `signal` is aborted. */
  pull(most: number, milliseconds: number, signal: AbortSignal): Promise<readonly Message[]>
  /** They are done with. */
  acknowledge(messages: readonly Message[]): Promise<void>
  /** They are delivered again, soon. */
  giveBack(messages: readonly Message[]): Promise<void>
  /** They are not delivered again for another ten minutes. */
  keep(messages: readonly Message[]): Promise<void>
  close(): Promise<void>
}

/** The longest that Pub/Sub leaves a message with one who pulled it, in seconds. */
const longestLease = 600
/** As many as one call may name. */
const idsPerCall = 1000

/**
 * Opens a subscription, `projects/<project>/subscriptions/<name>`. Credentials are the application default ones; an emulator
 * that `PUBSUB_EMULATOR_HOST` names gets none.
 *
 * @throws Problem if the client is not installed
 */
export async function openSubscription(name: string, emulator: string | undefined): Promise<Subscription> {
  const { v1 } = await import('@google-cloud/pubsub').catch(missing)
  const client = new v1.SubscriberClient(emulator === undefined ? {} : await localGrpcOptions(emulator))
  const inParts = async (messages: readonly Message[], call: (ackIds: string[]) => Promise<unknown>) => {
    const ids = messages.map(({ ackId }) => ackId)
    for (let at = 0; at < ids.length; at += idsPerCall) await call(ids.slice(at, at + idsPerCall))
  }
  const lease = (messages: readonly Message[], ackDeadlineSeconds: number) =>
    inParts(messages, (ackIds) =>
      client.modifyAckDeadline({ subscription: name, ackIds, ackDeadlineSeconds }),
    )
  return {
    name,
    async pull(most, milliseconds, signal) {
      const request = client.pull({ subscription: name, maxMessages: most }, { timeout: milliseconds })
      const answer = await untilAborted(request, signal).catch((error: unknown) => {
        // Nothing came in time.
        if ((error as { readonly code?: unknown }).code === deadlineExceeded) return undefined
        throw pullProblem(name, error)
      })
      const received = answer?.[0].receivedMessages ?? []
      const messages = received.map(
        ({ ackId, message, deliveryAttempt }): Message => ({
          ackId: ackId ?? '',
          attributes: message?.attributes ?? {},
          deliveryAttempt: deliveryAttempt ?? 0,
        }),
      )
      if (messages.length > 0) await lease(messages, longestLease)
      return messages
    },
    acknowledge: (messages) =>
      inParts(messages, (ackIds) => client.acknowledge({ subscription: name, ackIds })),
    giveBack: (messages) => lease(messages, 0),
    keep: (messages) => lease(messages, longestLease),
    close: () => client.close(),
  }
}

const deadlineExceeded = 4

/** What a call that nobody waits for any more has got is delivered again when its lease ends. */
async function untilAborted<Result>(call: Promise<Result>, signal: AbortSignal): Promise<Result | undefined> {
  if (signal.aborted) return undefined
  call.catch(() => undefined)
  const { promise, resolve } = Promise.withResolvers<undefined>()
  const stop = () => resolve(undefined)
  signal.addEventListener('abort', stop, { once: true })
  try {
    return await Promise.race([call, promise])
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

function pullProblem(name: string, error: unknown): unknown {
  const { code, details, message } = error as {
    readonly code?: unknown
    readonly details?: string
    readonly message?: string
  }
  if (typeof code !== 'number') return error
  const unavailable = 14
  const missingOrDenied = [5, 7]
  return new Problem(`${name} gives no messages: ${details || message}`, {
    cause: error,
    transient: code === unavailable,
    ...(missingOrDenied.includes(code)
      ? { hint: 'is it the name of a subscription, and has the caller roles/pubsub.subscriber on it?' }
      : {}),
  })
}
