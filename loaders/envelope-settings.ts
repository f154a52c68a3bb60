import { defaultPlaceholder } from './debezium/unavailable.ts'
import { type DmsSettings, defaultDmsSettings } from './dms/settings.ts'

/** In whose envelopes a stream's changes come; `auto`: what each file's content says. */
export type EnvelopeKind = 'auto' | 'datastream' | 'debezium' | 'dms'

/** What is to be known of a stream's envelopes beside its files. */
export interface EnvelopeSettings {
  readonly kind: EnvelopeKind
  /** Debezium's `unavailable.value.placeholder`. */
  readonly unavailableValue: string
  readonly dms: DmsSettings
}

export const defaultEnvelope: EnvelopeSettings = {
  kind: 'auto',
  unavailableValue: defaultPlaceholder,
  dms: defaultDmsSettings,
}
