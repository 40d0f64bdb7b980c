import type { Cluster } from 'node:cluster'
import type { Worker } from 'node:worker_threads'
import { ownModule } from '../node/own-module.ts'
import { areThreadsLoaded, isMainThread, threads } from '../node/threads.ts'
import {
  clusterLeaderVariable,
  isFollowingPrimary,
  type ThreadMessage,
  threadChannel,
  threadLeaderKey,
  threadMessage,
} from '../reload/parent.ts'
import type {
  FileChangedMessage,
  FileStamp,
  FullReloadMessage,
  PauseMessage,
} from '../reload/protocol.ts'
import { isHotHookMessage, parseFullReload, parseLoaded } from '../reload/protocol.ts'

export interface FollowersHost {
  /** @param stamp what the file was like when it was read; `null`: nobody knows */
  watch(file: string, stamp: FileStamp | null): void
  /** Nobody but this process may need the file any more. */
  unwatch(file: string): void
  fullReload(message: FullReloadMessage): void
}

/**
 * The worker threads and cluster workers of this process: they load their own modules, and this
 * process watches the files for all of them.
 */
export class Followers {
  readonly #host: FollowersHost
  /** The files of each, by 'thread 3' or 'worker 3'. */
  readonly #files = new Map<string, Set<string>>()
  #cluster: Cluster | undefined
  #leadsCluster = false
  #leadsThreads = false

  constructor(host: FollowersHost) {
    this.#host = host
  }

  /**
   * The program uses threads: from now on new ones follow this one. Loading what they need takes some
   * milliseconds, so only such programs pay for it.
   */
  leadThreads(): void {
    if (this.#leadsThreads || !isMainThread) return
    this.#leadsThreads = true
    threads().setEnvironmentData(threadLeaderKey, true)
  }

  /** Leads threads when somebody has loaded what makes them; hears of those that are made. */
  listenToThreads(): void {
    this.lookForThreads()
    let isListening = false
    process.on('worker', (worker: Worker) => {
      if (!isListening) {
        isListening = true
        threadChannel().onmessage = (event) => {
          const { from, message } = threadMessage(event)
          if (from !== undefined) this.#receive(`thread ${from}`, message)
        }
      }
      const { threadId } = worker
      worker.once('exit', () => this.#release(`thread ${threadId}`))
    })
  }

  /** As `leadThreads`, for those of whom no hook hears: `process.getBuiltinModule`, preloaded modules. */
  lookForThreads(): void {
    if (areThreadsLoaded()) this.leadThreads()
  }

  /**
   * The program uses node:cluster: from now on its workers follow this process. Loading it takes
   * some milliseconds, so only programs that use it pay for it.
   */
  async leadCluster(): Promise<void> {
    // A worker asks for node:cluster as well.
    if (this.#leadsCluster || isFollowingPrimary()) return
    this.#leadsCluster = true
    process.env[clusterLeaderVariable] = String(process.pid)
    const { default: cluster } = await ownModule.import<{ default: Cluster }>('node:cluster')
    if (!cluster.isPrimary) return
    this.#cluster = cluster
    cluster.on('message', (worker, message) => this.#receive(`worker ${worker.id}`, message))
    cluster.on('exit', (worker) => this.#release(`worker ${worker.id}`))
  }

  /** Tells all of them that files may have changed. */
  tell(files: string[]): void {
    if (this.#files.size === 0) return
    for (const path of files) this.#send({ type: 'hot-hook:file-changed', path, action: 'change' })
  }

  /** Passes on what the runner says to all. */
  send(message: PauseMessage): void {
    if (this.#files.size > 0) this.#send(message)
  }

  #send(message: FileChangedMessage | PauseMessage): void {
    threadChannel().postMessage({ from: undefined, message } satisfies ThreadMessage)
    for (const worker of Object.values(this.#cluster?.workers ?? {})) {
      if (worker?.isConnected()) worker.send(message)
    }
  }

  /** Whether one of them has loaded a file. */
  has(file: string): boolean {
    for (const files of this.#files.values()) if (files.has(file)) return true
    return false
  }

  #receive(follower: string, message: unknown): void {
    if (!isHotHookMessage(message)) return
    const loaded = parseLoaded(message)
    for (const [index, file] of loaded?.paths.entries() ?? []) {
      const files = this.#files.get(follower)
      if (files) files.add(file)
      else this.#files.set(follower, new Set([file]))
      this.#host.watch(file, loaded?.stamps[index] ?? null)
    }
    const fullReload = parseFullReload(message)
    if (fullReload) this.#host.fullReload(fullReload)
  }

  #release(follower: string): void {
    const files = this.#files.get(follower)
    this.#files.delete(follower)
    for (const file of files ?? []) if (!this.has(file)) this.#host.unwatch(file)
  }
}
