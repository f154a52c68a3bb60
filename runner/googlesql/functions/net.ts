import { BYTES, INT64, STRING } from '../types/scalars.ts'
import { plain, refused, scalar } from './define.ts'
import type { FunctionEntry, Signature } from './function.ts'

function net(name: string, signature: Signature): FunctionEntry {
  return scalar(`NET.${name}`, `net_functions#net${name.toLowerCase()}`, [signature])
}

/** Addresses and host names. What needs the list of public suffixes is refused. */
export const netFunctions: readonly FunctionEntry[] = [
  net(
    'HOST',
    plain([STRING], STRING, (url) => `googlesql_net_host(${url})`),
  ),
  net(
    'IP_FROM_STRING',
    plain([STRING], BYTES, (text) => `googlesql_net_ip(${text})`),
  ),
  net(
    'SAFE_IP_FROM_STRING',
    plain([STRING], BYTES, (text) => `TRY(googlesql_net_ip(${text}))`),
  ),
  net(
    'IP_TO_STRING',
    plain([BYTES], STRING, (address) => `googlesql_net_ip_text(${address})`),
  ),
  net(
    'IP_NET_MASK',
    plain([INT64, INT64], BYTES, (size, prefix) => `googlesql_net_mask(${size}, ${prefix})`),
  ),
  net(
    'IP_TRUNC',
    plain([BYTES, INT64], BYTES, (address, prefix) => `googlesql_net_trunc(${address}, ${prefix})`),
  ),
  net(
    'IPV4_FROM_INT64',
    plain([INT64], BYTES, (value) => `googlesql_net_ipv4(${value})`),
  ),
  net(
    'IPV4_TO_INT64',
    plain([BYTES], INT64, (address) => `googlesql_net_ipv4_int64(${address})`),
  ),
  ...['PUBLIC_SUFFIX', 'REG_DOMAIN'].map((name) =>
    refused(
      `NET.${name}`,
      `net_functions#net${name.toLowerCase()}`,
      'the list of public suffixes that BigQuery uses is not known here',
    ),
  ),
]
