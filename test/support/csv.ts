/** The rows of a CSV text, read by RFC 4180 alone: a character at a time, and strict about what it forbids. */
export function readCsv(text: string): string[][] {
  const rows: string[][] = []
  let at = 0
  while (at < text.length) {
    const row: string[] = []
    do {
      if (row.length > 0) at++
      const [cell, end] = text[at] === '"' ? quoted(text, at) : bare(text, at)
      row.push(cell)
      at = end
    } while (text[at] === ',')
    if (text.slice(at, at + 2) !== '\r\n') throw new Error(`no end of the row at ${at}`)
    at += 2
    rows.push(row)
  }
  return rows
}

function quoted(text: string, start: number): [string, number] {
  let cell = ''
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] !== '"') cell += text[at]
    else if (text[at + 1] === '"') cell += text[at++]
    else return [cell, at + 1]
  }
  throw new Error(`no end of the cell at ${start}`)
}

function bare(text: string, start: number): [string, number] {
  let end = start
  while (end < text.length && !',\r\n'.includes(text.charAt(end))) end++
  const cell = text.slice(start, end)
  if (cell.includes('"')) throw new Error(`a quote in the bare cell at ${start}`)
  return [cell, end]
}
