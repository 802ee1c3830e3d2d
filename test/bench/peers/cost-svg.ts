/** CPU of a check at a size, the organisations' number multiplied. */
export type Point = { name: string; size: number; microseconds: number }

const [width, height] = [720, 340]
const [left, right, top, bottom] = [64, 240, 36, 48]

const number = (value: number) => value.toLocaleString('en')

/** Cost of a check over the size of the data, both logarithmic; legible on light and dark pages. */
export function svgOf(points: readonly Point[], users: number): string {
  const sizes = [...new Set(points.map(({ size }) => size))].sort((a, b) => a - b)
  const [least, most] = [
    10 ** Math.floor(Math.log10(Math.min(...points.map(({ microseconds }) => microseconds)))),
    10 ** Math.ceil(Math.log10(Math.max(...points.map(({ microseconds }) => microseconds)))),
  ]
  const span = Math.log10(sizes.at(-1) ?? 10) - Math.log10(sizes[0] ?? 1) || 1
  const x = (size: number) => left + ((width - left - right) * Math.log10(size / (sizes[0] ?? 1))) / span
  const y = (value: number) =>
    height - bottom - ((height - top - bottom) * Math.log10(value / least)) / (Math.log10(most / least) || 1)
  const ticks = [1, 2, 5]
    .flatMap((step) => [least * step, least * 10 * step])
    .filter((value) => value <= most)
  const lines = [...Map.groupBy(points, ({ name }) => name)].map(([name, own], place) => {
    const at = own.map(({ size, microseconds }) => `${x(size).toFixed(1)},${y(microseconds).toFixed(1)}`)
    const last = own.at(-1)
    const end = last ? { x: x(last.size) + 10, y: y(last.microseconds) + 4 } : { x: 0, y: 0 }
    const dots = at.map((point) => {
      const [cx, cy] = point.split(',')
      return `<circle cx="${cx}" cy="${cy}" r="3.5"/>`
    })
    return `<g class="c${place}"><polyline points="${at.join(' ')}"/>${dots.join('')}<text x="${end.x.toFixed(1)}" y="${end.y.toFixed(1)}">${name}</text></g>`
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="t">
<title id="t">CPU of a check over the number of users</title>
<style>
text{font:13px system-ui,sans-serif;fill:#57606a}polyline{fill:none;stroke-width:2}.grid{stroke:#8886;stroke-width:1}
.c0{stroke:#0969da}.c1{stroke:#bc4c00}.c2{stroke:#1a7f37}.c0 text{fill:#0969da}.c1 text{fill:#bc4c00}.c2 text{fill:#1a7f37}
.c0 circle{fill:#0969da}.c1 circle{fill:#bc4c00}.c2 circle{fill:#1a7f37}g text{stroke:none}
@media(prefers-color-scheme:dark){text{fill:#9198a1}.c0{stroke:#4493f8}.c1{stroke:#f0883e}.c2{stroke:#3fb950}
.c0 text,.c0 circle{fill:#4493f8}.c1 text,.c1 circle{fill:#f0883e}.c2 text,.c2 circle{fill:#3fb950}}
</style>
<text x="${left}" y="20">CPU of the server process per check, µs</text>
${ticks.map((value) => `<path class="grid" d="M${left} ${y(value).toFixed(1)}H${width - right}"/><text x="${left - 8}" y="${(y(value) + 4).toFixed(1)}" text-anchor="end">${number(value)}</text>`).join('\n')}
${sizes.map((size) => `<text x="${x(size).toFixed(1)}" y="${height - 22}" text-anchor="middle">${number(size * users)}</text>`).join('\n')}
<text x="${left + (width - left - right) / 2}" y="${height - 4}" text-anchor="middle">users</text>
${lines.join('\n')}
</svg>
`
}
