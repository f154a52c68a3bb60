const longest = 400

/** A reason as it is kept and shown: names within it may be of any length. */
export function shortReason(reason: string): string {
  return reason.length <= longest ? reason : `${reason.slice(0, longest - 1)}…`
}
