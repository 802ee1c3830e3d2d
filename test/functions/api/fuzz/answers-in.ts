type Parsed = { status: number; headers: Headers; text: string }

/**
 * The answers that the bytes are, but for `100 Continue`. Throws where they are none; if they may be cut, what is none
 * is left out.
 */
export function answersIn(bytes: Buffer, method: string, mayBeCut: boolean): Parsed[] {
  const answers: Parsed[] = []
  let rest = bytes
  try {
    while (rest.length > 0) {
      const [answer, left] = firstIn(rest, method)
      if (answer.status !== 100) answers.push(answer)
      rest = left
    }
  } catch (error) {
    if (!mayBeCut) throw error
  }
  return answers
}

function firstIn(bytes: Buffer, method: string): [answer: Parsed, rest: Buffer] {
  const end = bytes.indexOf('\r\n\r\n')
  if (end < 0) throw new Error(`no head of an answer: ${bytes.toString('latin1')}`)
  const [first = '', ...lines] = bytes.subarray(0, end).toString('latin1').split('\r\n')
  const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(first)?.[1])
  const headers = new Headers(lines.map((line): [string, string] => splitOnce(line, ':')))
  const isEmpty = status < 200 || status === 204 || status === 304 || method === 'HEAD'
  const after = bytes.subarray(end + 4)
  const [body, rest] = isEmpty ? [Buffer.alloc(0), after] : bodyIn(headers, after)
  return [{ status, headers, text: body.toString() }, rest]
}

function bodyIn(headers: Headers, bytes: Buffer): [body: Buffer, rest: Buffer] {
  if (headers.get('transfer-encoding') === 'chunked') return chunksIn(bytes)
  const length = Number(headers.get('content-length') ?? bytes.length)
  if (bytes.length < length) throw new Error('the body of the answer breaks off')
  return [bytes.subarray(0, length), bytes.subarray(length)]
}

function chunksIn(bytes: Buffer): [body: Buffer, rest: Buffer] {
  const chunks: Buffer[] = []
  let rest = bytes
  while (true) {
    const end = rest.indexOf('\r\n')
    if (end < 0) throw new Error('the body of the answer breaks off')
    const size = Number.parseInt(rest.subarray(0, end).toString(), 16)
    chunks.push(rest.subarray(end + 2, end + 2 + size))
    rest = rest.subarray(end + 2 + size + 2)
    if (size === 0) return [Buffer.concat(chunks), rest]
  }
}

function splitOnce(text: string, at: string): [string, string] {
  const place = text.indexOf(at)
  return [text.slice(0, place), text.slice(place + 1).trim()]
}
