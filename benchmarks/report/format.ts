import type { Unit } from '../harness/figures.ts'

/** A figure for people: three significant digits, its unit behind it. */
export function formatValue(value: number, unit: Unit): string {
  if (!Number.isFinite(value)) return 'n/a'
  if (unit === 'count') return grouped(Math.round(value))
  if (unit === 'req/s') return `${grouped(Math.round(value))} req/s`
  if (unit === 'ms' && Math.abs(value) >= 10_000) return `${significant(value / 1_000)} s`
  if (unit === 'KB' && Math.abs(value) >= 10_000) return `${significant(value / 1_024)} MB`
  return `${significant(value)} ${unit}`
}

export function formatRatio(ratio: number): string {
  return `${ratio >= 10 ? Math.round(ratio) : ratio.toFixed(2)}×`
}

function significant(value: number): string {
  const size = Math.abs(value)
  if (size >= 100) return grouped(Math.round(value))
  if (size >= 10) return value.toFixed(1)
  return size >= 1 ? value.toFixed(2) : value.toFixed(3)
}

function grouped(value: number): string {
  return value.toLocaleString('en')
}
