import type { RefObject } from 'preact'
import { useState } from 'preact/hooks'
import { Glyph } from './legend.tsx'
import type { FileNode } from './model.ts'

const shown = 50

interface SearchProps {
  text: string
  setText(text: string): void
  found: readonly FileNode[]
  select(path: string): void
  input: RefObject<HTMLInputElement | null>
}

/** Finds files by any parts of their path; arrow keys and Enter choose one. */
export function Search({ text, setText, found, select, input }: SearchProps) {
  const [at, setAt] = useState(0)
  const [isOpen, setOpen] = useState(false)
  const list = isOpen && text !== '' ? found.slice(0, shown) : []
  const index = Math.min(at, list.length - 1)
  const choose = (file: FileNode | undefined) => {
    if (!file) return
    select(file.path)
    setText('')
    setOpen(false)
    input.current?.blur()
  }
  const press = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown') setAt(Math.min(index + 1, list.length - 1))
    else if (event.key === 'ArrowUp') setAt(Math.max(index - 1, 0))
    else if (event.key === 'Enter') choose(list[Math.max(0, index)])
    else if (event.key === 'Escape') {
      setText('')
      input.current?.blur()
    } else return
    event.preventDefault()
  }
  return (
    <div class="search">
      <input
        ref={input}
        type="search"
        placeholder="Search files  ( / )"
        aria-label="Search files"
        aria-controls="found"
        aria-activedescendant={index >= 0 ? `found-${index}` : undefined}
        value={text}
        onInput={(event) => {
          setText(event.currentTarget.value)
          setOpen(true)
          setAt(0)
        }}
        onFocus={() => setOpen(true)}
        onBlur={() => setTimeout(() => setOpen(false), 150)}
        onKeyDown={press}
      />
      {list.length > 0 && (
        <div id="found" role="listbox" aria-label="Found files">
          {list.map((file, place) => (
            <div
              key={file.path}
              id={`found-${place}`}
              role="option"
              tabIndex={-1}
              aria-selected={place === index}
              onMouseDown={() => choose(file)}
            >
              <Glyph kind={file.kind} hot={file.hot} /> <b>{file.name}</b>{' '}
              <span>{file.folder}</span>
            </div>
          ))}
          {found.length > shown && <p class="hint">{found.length - shown} more</p>}
        </div>
      )}
    </div>
  )
}

/** Every word is in the path; names that begin with the first come first. */
export function findFiles(files: readonly FileNode[], text: string): FileNode[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  const [first] = words
  if (first === undefined) return []
  const rank = (file: FileNode) => {
    const name = file.name.toLowerCase()
    return name.startsWith(first) ? 0 : name.includes(first) ? 1 : 2
  }
  return files
    .filter(({ path }) => words.every((word) => path.toLowerCase().includes(word)))
    .sort((a, b) => rank(a) - rank(b) || a.path.length - b.path.length)
}
