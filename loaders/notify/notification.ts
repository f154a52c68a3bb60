import type { BucketAddress } from '../store/bucket-address.ts'

/** A message as Pub/Sub delivers it. */
export interface Message {
  readonly ackId: string
  readonly attributes: Readonly<Record<string, string>>
  /** How often it was delivered; 0 where the subscription has no dead-letter policy, which is what counts them. */
  readonly deliveryAttempt: number
}

/** What a message is to us. */
export type Notification =
  /** An object of the stream is there: its name below the stream's root. */
  | { readonly kind: 'object'; readonly name: string }
  /** It is told of something that does not concern us. */
  | { readonly kind: 'other' }
  /** It is no notification of Cloud Storage's. */
  | { readonly kind: 'foreign'; readonly reason: string }

/**
 * Reads a message by its attributes alone, which a notification has whatever the payload's format is
 * (https://cloud.google.com/storage/docs/pubsub-notifications#attributes). Of what it says only the name counts: the bucket
 * itself says which content the object has by now.
 */
export function readNotification({ attributes }: Message, { bucket, prefix }: BucketAddress): Notification {
  const { eventType, bucketId, objectId } = attributes
  if (eventType === undefined || bucketId === undefined || objectId === undefined) {
    const missing = ['eventType', 'bucketId', 'objectId'].filter((name) => attributes[name] === undefined)
    return { kind: 'foreign', reason: `it has no attribute ${missing.join(', ')}` }
  }
  if (bucketId !== bucket || !objectId.startsWith(prefix) || objectId === prefix) return { kind: 'other' }
  // Deleted, archived, or with other metadata: nothing new.
  if (eventType !== 'OBJECT_FINALIZE') return { kind: 'other' }
  return { kind: 'object', name: objectId.slice(prefix.length) }
}
