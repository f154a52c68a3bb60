import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

export interface Answer {
  readonly status?: number
  readonly body?: unknown
  /** Ends the connection in place of an answer, or in its middle. */
  readonly breaks?: 'before' | 'within'
}

/** A server that gives the answers that `next` says to the calls that it is told; for what the endpoint cannot say. */
export async function answering(
  next: (call: string) => Answer,
): Promise<{ readonly url: string; readonly calls: string[]; readonly bodies: unknown[] }> {
  const calls: string[] = []
  const bodies: unknown[] = []
  const server: Server = createServer((request, response) => {
    let sent = ''
    request.on('data', (chunk) => {
      sent += String(chunk)
    })
    request.on('end', () => {
      if (sent !== '') bodies.push(JSON.parse(sent))
      const call = `${request.method} ${request.url?.replace(/\?.*/, '')}`
      calls.push(call)
      const { status = 200, body = {}, breaks } = next(call)
      if (breaks === 'before') return request.socket.destroy()
      const text = JSON.stringify(body)
      response.writeHead(status, { 'content-type': 'application/json', 'content-length': text.length })
      if (breaks === 'within') return response.write(text.slice(0, -1), () => request.socket.destroy())
      return response.end(text)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, calls, bodies }
}

/** BigQuery's form of an error. */
export const apiError = (status: number, reason: string, message = reason): Answer => ({
  status,
  body: { error: { code: status, message, errors: [{ reason, message, domain: 'global' }] } },
})
