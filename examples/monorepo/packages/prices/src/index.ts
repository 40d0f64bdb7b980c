import { format } from './format.ts'

const prices: Record<string, number> = { tea: 2.5, coffee: 3 }

/** What an item costs, as text. */
export function priceOf(item: string): string {
  const price = prices[item]
  return price === undefined ? `no ${item} here` : format(price)
}
