import type { FileKind } from 'hot-hook/protocol'
import { kindNames } from '../kinds.ts'

/** Colours of the drawing, read from the style sheet, which knows light and dark. */
export interface Theme {
  ground: string
  surface: string
  text: string
  dim: string
  line: string
  folder: string
  folderLine: string
  accent: string
  error: string
  imports: string
  importers: string
  kinds: Record<FileKind, string>
}

export function readTheme(): Theme {
  const style = getComputedStyle(document.documentElement)
  const read = (name: string) => style.getPropertyValue(`--${name}`).trim()
  return {
    ground: read('ground'),
    surface: read('surface'),
    text: read('text'),
    dim: read('dim'),
    line: read('edge'),
    folder: read('folder'),
    folderLine: read('folder-line'),
    accent: read('accent'),
    error: read('error'),
    imports: read('imports'),
    importers: read('importers'),
    kinds: Object.fromEntries(kindNames.map((kind) => [kind, read(`kind-${kind}`)])) as Record<
      FileKind,
      string
    >,
  }
}
