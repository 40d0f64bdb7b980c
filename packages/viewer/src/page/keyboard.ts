import { useEffect, useRef } from 'preact/hooks'

export interface KeyActions {
  search(): void
  leave(): void
  fit(): void
  zoom(factor: number): void
  arrange(): void
  near(): void
  step(by: 'importer' | 'import' | 'next' | 'previous'): void
}

/** Keys of the page; those that a field takes are the field's. */
export function useKeys(actions: KeyActions): void {
  const current = useRef(actions)
  current.current = actions
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return
      if (event.target instanceof HTMLInputElement && event.target.type !== 'checkbox') return
      const act = keys[event.key]
      if (!act) return
      event.preventDefault()
      act(current.current)
    }
    addEventListener('keydown', press)
    return () => removeEventListener('keydown', press)
  }, [])
}

const keys: Record<string, (actions: KeyActions) => void> = {
  '/': (on) => on.search(),
  Escape: (on) => on.leave(),
  f: (on) => on.fit(),
  '0': (on) => on.fit(),
  '+': (on) => on.zoom(1.4),
  '=': (on) => on.zoom(1.4),
  '-': (on) => on.zoom(1 / 1.4),
  l: (on) => on.arrange(),
  n: (on) => on.near(),
  ArrowLeft: (on) => on.step('importer'),
  ArrowRight: (on) => on.step('import'),
  ArrowDown: (on) => on.step('next'),
  ArrowUp: (on) => on.step('previous'),
}
