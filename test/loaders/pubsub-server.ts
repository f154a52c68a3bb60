import { type GrpcServer, type Handler, serveUnary, serviceOf } from '../deploy/grpc-server.ts'

interface Kept {
  readonly attributes: Readonly<Record<string, string>>
  deliveries: number
  /** undefined: it may be delivered. */
  ackId: string | undefined
}

/** A subscription as Pub/Sub keeps it: a message is delivered, again if it is given back, until it is acknowledged. */
export interface PubSubServer extends GrpcServer {
  publish(attributes: Readonly<Record<string, string>>): void
  /** Delivers all again that has not been acknowledged, as after a lease has ended. */
  expire(): void
  /** Messages that are not acknowledged. */
  readonly waiting: readonly Kept[]
  /** Methods in the order in which they were called. */
  readonly calls: string[]
}

export interface PubSubOptions {
  /** It counts deliveries, and gives up after five, as a dead-letter policy has it. */
  readonly deadLetters?: boolean
  /** Called before each pull is answered. */
  readonly onPull?: (pull: number) => void
}

export const subscription = 'projects/my-project/subscriptions/new-files'

export async function startPubSub({
  deadLetters = false,
  onPull,
}: PubSubOptions = {}): Promise<PubSubServer> {
  const waiting: Kept[] = []
  const calls: string[] = []
  let ids = 0
  let pulls = 0
  const find = (ackIds: readonly string[]) =>
    waiting.filter(({ ackId }) => ackId !== undefined && ackIds.includes(ackId))
  const remove = (kept: Kept) => waiting.splice(waiting.indexOf(kept), 1)
  const handlers: Record<string, Handler> = {
    Pull: async ({ maxMessages }) => {
      onPull?.(pulls++)
      const free = waiting.filter(({ ackId }) => ackId === undefined).slice(0, maxMessages)
      return {
        // In no order.
        receivedMessages: free.toReversed().map((kept) => {
          kept.ackId = `ack-${++ids}`
          kept.deliveries += 1
          return {
            ackId: kept.ackId,
            message: { attributes: kept.attributes, messageId: String(ids) },
            ...(deadLetters ? { deliveryAttempt: kept.deliveries } : {}),
          }
        }),
      }
    },
    Acknowledge: ({ ackIds }) => {
      for (const kept of find(ackIds)) remove(kept)
      return {}
    },
    ModifyAckDeadline: ({ ackIds, ackDeadlineSeconds = 0 }) => {
      if (ackDeadlineSeconds === 0)
        for (const kept of find(ackIds)) {
          kept.ackId = undefined
          if (deadLetters && kept.deliveries >= 5) remove(kept)
        }
      return {}
    },
  }
  const told = Object.fromEntries(
    Object.entries(handlers).map(([method, handle]): [string, Handler] => [
      method,
      (request) => {
        calls.push(method)
        return handle(request)
      },
    ]),
  )
  const server = await serveUnary(serviceOf('@google-cloud/pubsub', 'google.pubsub.v1.Subscriber'), told)
  return {
    ...server,
    waiting,
    calls,
    publish: (attributes) => waiting.push({ attributes, deliveries: 0, ackId: undefined }),
    expire: () => {
      for (const kept of waiting) kept.ackId = undefined
    },
  }
}
