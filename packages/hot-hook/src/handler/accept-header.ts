/** In which form an error is answered. */
export type Form = 'html' | 'json' | 'text'

/**
 * What a request wants: HTML or JSON where it names that, the one that it likes better where it names both;
 * text otherwise.
 */
export function formOf(accept: string): Form {
  const ranges = accept.split(',').map(readRange)
  const quality = (names: RegExp) =>
    Math.max(0, ...ranges.filter(({ type }) => names.test(type)).map(({ quality }) => quality))
  const html = quality(/^(?:text\/html|application\/xhtml\+xml)$/)
  const json = quality(/^application\/(?:json|[^/]+\+json)$/)
  const text = quality(/^text\/plain$/)
  if (html > 0 && html >= json) return 'html'
  return json > 0 && json >= text ? 'json' : 'text'
}

function readRange(range: string): { type: string; quality: number } {
  const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase())
  const given = parameters.find((parameter) => parameter.startsWith('q='))
  const quality = given === undefined ? 1 : Number(given.slice(2))
  return { type, quality: Number.isNaN(quality) ? 0 : quality }
}
