import { randomBytes } from 'node:crypto'
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http'
import { amendPolicy, type PolicyNeeds } from './policy.ts'

/** Puts the script into an answer. */
export interface Injection {
  needs: Omit<PolicyNeeds, 'nonce'>
  /** The element, made when the answer is there. */
  tag(nonce: string | undefined): string
}

/** A page that is longer is left alone: it would have to be kept in memory. */
const longestPage = 8 * 1024 * 1024
const policyHeaders = ['content-security-policy', 'content-security-policy-report-only']

/**
 * Adds the script to the answer, if it is an HTML page that is given whole: with its length, or in one
 * piece. Everything else goes through as it is: streams, what is compressed, parts of a page.
 */
export function inject(
  request: IncomingMessage,
  response: ServerResponse,
  injection: Injection,
): void {
  if (request.method !== 'GET') return
  new InjectedResponse(response, injection).attach()
}

class InjectedResponse {
  readonly #response: ServerResponse
  readonly #injection: Injection
  readonly #nonce = randomBytes(16).toString('base64')
  readonly #chunks: Buffer[] = []
  #size = 0
  /** Told when the whole has been written. */
  readonly #callbacks: (() => void)[] = []
  #usedNonce: string | undefined
  #state: 'new' | 'page' | 'through' = 'new'
  /** The length that the application has given. */
  #length: number | undefined
  #writeHead: ServerResponse['writeHead']
  #write: ServerResponse['write']
  #end: ServerResponse['end']

  constructor(response: ServerResponse, injection: Injection) {
    this.#response = response
    this.#injection = injection
    this.#writeHead = response.writeHead
    this.#write = response.write
    this.#end = response.end
  }

  attach(): void {
    const self = this
    const response = this.#response
    response.writeHead = function writeHead(this: ServerResponse, ...args: unknown[]) {
      self.#head(args)
      return Reflect.apply(self.#writeHead, response, args) as ServerResponse
    } as ServerResponse['writeHead']
    response.write = function write(this: ServerResponse, ...args: unknown[]) {
      return self.#writes(args)
    } as ServerResponse['write']
    response.end = function end(this: ServerResponse, ...args: unknown[]) {
      return self.#ends(args)
    } as ServerResponse['end']
  }

  /** The head is about to be made: from here on it is known what is answered. */
  #head(args: unknown[]): void {
    if (this.#state !== 'new') return
    const response = this.#response
    const given = args.at(-1)
    // Headers may come with the head: they are set before, so that there is one place to look.
    if (typeof given === 'object' && given !== null) {
      args.pop()
      setHeaders(response, given as OutgoingHttpHeaders | readonly string[])
    }
    const status = typeof args[0] === 'number' ? args[0] : response.statusCode
    if (!isPage(response, status)) {
      this.#state = 'through'
      return
    }
    this.#state = 'page'
    const length = Number(response.getHeader('content-length') ?? Number.NaN)
    this.#length = Number.isFinite(length) ? length : undefined
    response.removeHeader('content-length')
    // What was answered is not what they speak of.
    response.removeHeader('etag')
    response.removeHeader('last-modified')
    this.#amendPolicies()
  }

  #amendPolicies(): void {
    const needs = { ...this.#injection.needs, nonce: this.#nonce }
    for (const name of policyHeaders) {
      const policy = this.#response.getHeader(name)
      if (policy === undefined) continue
      const amended = [policy].flat().map((each) => amendPolicy(String(each), needs))
      this.#response.setHeader(
        name,
        amended.map((each) => each.policy),
      )
      const nonce = amended.map((each) => each.nonce).find((each) => each !== undefined)
      if (name === policyHeaders[0] || this.#usedNonce === undefined) this.#usedNonce = nonce
    }
  }

  #writes(args: unknown[]): boolean {
    const chunk = chunkOf(args)
    if (this.#state === 'new' && chunk && !this.#response.headersSent) {
      // What comes in pieces without a length is a stream.
      if (this.#response.hasHeader('content-length')) this.#prepare()
      else this.#state = 'through'
    }
    if (this.#state !== 'page' || !chunk) return this.#through(args)
    if (this.#length === undefined || this.#size + chunk.length > longestPage) {
      this.#flush()
      return this.#through(args)
    }
    this.#keep(chunk)
    const callback = args.find((arg) => typeof arg === 'function')
    if (callback) this.#callbacks.push(callback as () => void)
    return true
  }

  #ends(args: unknown[]): ServerResponse {
    if (this.#state === 'new' && !this.#response.headersSent) this.#prepare()
    const chunk = chunkOf(args)
    if (this.#state !== 'page')
      return Reflect.apply(this.#end, this.#response, args) as ServerResponse
    if (chunk) this.#keep(chunk)
    const callback = args.find((arg) => typeof arg === 'function')
    this.#state = 'through'
    const page = this.#page()
    if (!this.#response.headersSent) this.#response.setHeader('content-length', page.length)
    for (const each of this.#callbacks) this.#response.once('finish', each)
    const last = callback === undefined ? [page] : [page, callback]
    return Reflect.apply(this.#end, this.#response, last) as ServerResponse
  }

  /** As Node does it when nobody has called `writeHead` before the first byte. */
  #prepare(): void {
    this.#head([this.#response.statusCode])
  }

  #keep(chunk: Buffer): void {
    this.#chunks.push(chunk)
    this.#size += chunk.length
  }

  #page(): Buffer {
    const page = Buffer.concat(this.#chunks)
    // Every encoding that a page may have has ASCII at the same bytes.
    const text = page.toString('latin1')
    const at = placeIn(text)
    if (at === undefined) return page
    const tag = Buffer.from(this.#injection.tag(this.#usedNonce))
    return Buffer.concat([page.subarray(0, at), tag, page.subarray(at)])
  }

  #flush(): void {
    this.#state = 'through'
    for (const chunk of this.#chunks.splice(0)) Reflect.apply(this.#write, this.#response, [chunk])
    for (const each of this.#callbacks.splice(0)) each()
  }

  #through(args: unknown[]): boolean {
    return Reflect.apply(this.#write, this.#response, args) as boolean
  }
}

function isPage(response: ServerResponse, status: number): boolean {
  if (status < 200 || status === 204 || status === 206 || status === 304) return false
  const type = String(response.getHeader('content-type') ?? '')
  if (!/^text\/html\b/i.test(type) || /charset\s*=\s*"?utf-?(?:16|32)/i.test(type)) return false
  const encoding = String(response.getHeader('content-encoding') ?? 'identity')
  if (encoding.toLowerCase() !== 'identity') return false
  // Somebody keeps what the answer was for later.
  return !/\battachment\b/i.test(String(response.getHeader('content-disposition') ?? ''))
}

/** Where the script goes in: a part of a page has no such place, and one that has it needs none. */
function placeIn(html: string): number | undefined {
  if (/<script src="[^"]*view=refresh[^>]* data-since=/.test(html)) return undefined
  const head = /<\/head\s*>/i.exec(html)
  if (head) return head.index
  const body = /<body[\s>]/i.exec(html)
  if (body) return body.index
  const start = /^\s*<!doctype html[^>]*>(?:\s*<html[^>]*>)?/i.exec(html)
  return start ? start[0].length : undefined
}

function setHeaders(
  response: ServerResponse,
  headers: OutgoingHttpHeaders | readonly string[],
): void {
  if (!Array.isArray(headers)) {
    for (const [name, value] of Object.entries(headers)) {
      if (value !== undefined) response.setHeader(name, value)
    }
    return
  }
  const flat = (headers as unknown[]).flat() as string[]
  const values = new Map<string, string[]>()
  for (let index = 0; index + 1 < flat.length; index += 2) {
    const name = String(flat[index])
    values.set(name, [...(values.get(name) ?? []), String(flat[index + 1])])
  }
  for (const [name, all] of values)
    response.setHeader(name, all.length === 1 ? (all[0] ?? '') : all)
}

/** What `write` and `end` are called with first, unless that is a callback. */
function chunkOf([chunk, encoding]: unknown[]): Buffer | undefined {
  if (typeof chunk === 'string') {
    return Buffer.from(chunk, typeof encoding === 'string' ? (encoding as BufferEncoding) : 'utf8')
  }
  if (Buffer.isBuffer(chunk)) return chunk
  return chunk instanceof Uint8Array ? Buffer.from(chunk) : undefined
}
