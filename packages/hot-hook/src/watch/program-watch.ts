import { dirname, resolve } from 'node:path'
import { isDirectory } from '../files/directory.ts'
import type { ModuleGraph, ModuleNode } from '../graph/module-graph.ts'
import type { Log } from '../log/log.ts'
import { isMainThread } from '../node/threads.ts'
import type { ResolvedOptions } from '../options/options.ts'
import { requiredEnvFiles } from '../reload/environment.ts'
import { LoadedFiles } from '../reload/loaded-files.ts'
import { isFollowingPrimary, isFollowingThread, listenToParent } from '../reload/parent.ts'
import {
  type FullReloadMessage,
  type PauseMessage,
  parseFileChanged,
  parsePause,
  parseQuestion,
  type Question,
} from '../reload/protocol.ts'
import { Followers } from './followers.ts'
import type { WatchState } from './freshness.ts'
import { Watcher } from './watcher.ts'

interface ProgramWatchHost {
  readonly options: ResolvedOptions
  readonly graph: ModuleGraph
  readonly log: Log
  /** From now on this is what the watcher of this process knows; `undefined` when it has none. */
  watching(state: WatchState | undefined): void
  /** These files may have changed. */
  changed(files: string[]): void
  /** The runner asks something. */
  asked(question: Question): void
  /** The user saves, and wants nothing to happen for now; or all of it. */
  paused(isPaused: boolean): void
  /** A thread or a cluster worker asks for a full reload. */
  relay(message: FullReloadMessage): void
}

/**
 * Hears of saves, from the watcher of this process, from its parent process or from the thread that
 * watches, and passes them on to the threads and workers that follow this process.
 */
export class ProgramWatch {
  readonly #host: ProgramWatchHost
  readonly #loadedFiles = new LoadedFiles()
  readonly #followers: Followers
  #isListening = false
  #watcher: Watcher | undefined
  /** Watches what the parent has told of, where that watches in place of this process. */
  #told: Watcher | undefined
  /** What was saved before is in the program, in milliseconds since 1970. */
  #startedAt = isMainThread ? Date.now() - process.uptime() * 1_000 : performance.timeOrigin

  constructor(host: ProgramWatchHost) {
    this.#host = host
    this.#followers = new Followers({
      watch: (file, stamp) => {
        this.#watcher?.add(file)
        if (isDirectory(file)) this.#watcher?.addDirectory(file)
        this.#loadedFiles.add(file, stamp)
      },
      unwatch: (file) => {
        if (!host.graph.get(file)) this.#remove(file)
      },
      fullReload: (message) => host.relay(message),
    })
  }

  /** Starts, or starts again with other options. */
  start(): void {
    const { options, graph, log } = this.#host
    const isFirst = !this.#isListening
    if (isFirst) this.#listen()
    for (const watcher of [this.#watcher, this.#told]) void watcher?.close()
    this.#watcher = undefined
    this.#told = undefined
    this.#host.watching(undefined)
    if (!options.watch || isFollower()) return
    const now = Date.now()
    const startedAt = () => this.#startedAt
    const watcher = new Watcher({
      onChange: (files) => this.#report(files),
      isReload: options.isReload,
      isIgnored: options.isIgnored,
      reloadGlobs: options.reload,
      rootDirectory: options.rootDirectory,
      log,
      expected: isFirst ? requiredEnvFiles() : [],
      get since() {
        return isFirst ? startedAt() : now
      },
    })
    this.#watcher = watcher
    this.#host.watching(watcher)
    for (const node of graph.modules()) this.watch(node)
    // The program comes first: nothing that is saved until then is lost.
    setImmediate(() => watcher.start()).unref()
  }

  /** The program was not started with its process, but starts now. */
  startsNow(): void {
    this.#startedAt = Date.now()
  }

  /** A module is part of the program now. */
  loaded(node: ModuleNode): void {
    // What is loaded again would be told as a change once more; a resource may be a directory by now.
    if (node.isResource || !this.#watcher?.has(node.file)) this.watch(node)
    this.#loadedFiles.add(node.file, node.signature)
  }

  watch(node: ModuleNode): void {
    if (this.#watcher) addTo(this.#watcher, node)
  }

  /** A module has left the program. */
  unwatch(node: ModuleNode): void {
    if (!this.#followers.has(node.file)) this.#remove(node.file)
  }

  /** The program uses node:cluster. */
  leadCluster(): void {
    void this.#followers.leadCluster()
  }

  /** The program uses node:worker_threads. */
  leadThreads(): void {
    if (this.#isListening) this.#followers.leadThreads()
  }

  /** The first server listens, or nothing has for a second: threads may be used without a word of it. */
  settled(): void {
    if (this.#isListening) this.#followers.lookForThreads()
  }

  #listen(): void {
    this.#isListening = true
    listenToParent((message) => {
      const changed = parseFileChanged(message)
      const question = parseQuestion(message)
      const pause = parsePause(message)
      if (changed) this.#hear(changed.path)
      else if (question) this.#host.asked(question)
      else if (pause) this.#pause(pause)
      else this.#host.log.debug('a message that is not for Hot Hook: %o', message)
    })
    if (isMainThread) this.#followers.listenToThreads()
  }

  /**
   * The parent says that a file may have changed. It may keep a save to itself that comes close after
   * one it told of (chokidar: 50 ms), so from now on this process watches the file as well.
   */
  #hear(path: string): void {
    const { options, graph } = this.#host
    if (!options.watch && !isFollower()) {
      const file = resolve(options.rootDirectory, path)
      const nodes = [graph.get(file), graph.get(dirname(file))].filter((node) => node !== undefined)
      for (const node of nodes) addTo(this.#watchTold(), node)
      if (this.#followers.has(file)) this.#watchTold().add(file)
    }
    this.#report([path])
  }

  #watchTold(): Watcher {
    if (!this.#told) {
      this.#told = new Watcher({
        onChange: (files) => this.#report(files),
        isReload: () => false,
        isIgnored: () => false,
        reloadGlobs: [],
        rootDirectory: this.#host.options.rootDirectory,
        log: this.#host.log,
      })
      this.#told.start()
    }
    return this.#told
  }

  #remove(file: string): void {
    this.#watcher?.remove(file)
    this.#told?.remove(file)
  }

  #pause(message: PauseMessage): void {
    this.#followers.send(message)
    this.#host.paused(message.isPaused)
  }

  #report(files: string[]): void {
    this.#followers.tell(files)
    this.#host.changed(files)
  }
}

/** Another thread or process watches for this one. */
const isFollower = () => isFollowingThread() || isFollowingPrimary()

function addTo(watcher: Watcher, node: ModuleNode): void {
  if (node.isIgnored) return
  if (node.isMissing || (node.isResource && isDirectory(node.file))) watcher.addDirectory(node.file)
  if (!node.isMissing) watcher.add(node.file)
}
