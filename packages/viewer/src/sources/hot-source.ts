import { type Hot, hot } from 'hot-hook'
import { followEvents } from 'hot-hook/protocol'
import type { Source } from './source.ts'

/** The program of this process. */
export const hotSource: Source = {
  async graph() {
    const { rootDirectory } = hot
    return rootDirectory === undefined ? undefined : { rootDirectory, files: hot.graph() }
  },
  async explain(file) {
    return hot.rootDirectory === undefined ? undefined : hot.explain(file)
  },
  subscribe(listener) {
    return followEvents(hot, listener)
  },
}

/** Whether Hot Hook runs here: nothing of ours is for production. */
export function isHot({ rootDirectory }: Hot = hot): boolean {
  return rootDirectory !== undefined && process.env.NODE_ENV !== 'production'
}
